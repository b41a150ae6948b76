import { asciiJson } from '../python-json.ts';
import type { YamlNode } from './node.ts';
import { resolveScalar, type Scalar } from './scalar.ts';

/** More than any environment can take: whoever writes ten aliases of ten aliases means harm. */
const mostNodes = 100_000;
const deepest = 100;

/** A value that cannot become text; the message says what it is. */
export class ValueError extends Error {
  override readonly name = 'ValueError';
  readonly node: YamlNode;

  constructor(node: YamlNode, message: string) {
    super(message);
    this.node = node;
  }
}

/**
 * The text of a value in the environment: a scalar as Pebble writes what PyYAML made of it, a list or map as Python's
 * `json.dumps` writes it. Throws `ValueError`.
 */
export function valueText(node: YamlNode): string {
  return node.kind === 'scalar' ? scalarText(scalar(node)) : jsonText(node, { nodes: 0 }, 0);
}

/** A scalar's text: `true`, `1000.0`, `2024-01-02`; nothing for null. */
export function scalarText(value: Scalar): string {
  switch (value.type) {
    case 'null':
      return '';
    case 'float':
      return yamlFloat(value.value);
    default:
      return String(value.value);
  }
}

function scalar(node: YamlNode & { readonly kind: 'scalar' }): Scalar {
  const resolved = resolveScalar(node);
  if (resolved === null) throw new ValueError(node, `has a tag that is not understood: ${JSON.stringify(node.tag)}`);
  return resolved;
}

function jsonText(node: YamlNode, budget: { nodes: number }, depth: number): string {
  if (++budget.nodes > mostNodes) throw new ValueError(node, `has more than ${mostNodes} parts`);
  if (depth > deepest) throw new ValueError(node, `is nested more than ${deepest} deep`);
  if (node.kind === 'scalar') return jsonScalar(scalar(node));
  if (node.kind === 'list') return `[${node.items.map((item) => jsonText(item, budget, depth + 1)).join(', ')}]`;
  // Python knows keys by their value: of `1` and `true`, which it takes for one, the first name and the last value stay.
  const entries = new Map<string, { readonly name: string; readonly value: string }>();
  for (const { key, value } of mergedEntries(node)) {
    if (key.kind !== 'scalar') throw new ValueError(key, 'is a key that is a list or a map');
    const resolved = scalar(key);
    const identity = keyIdentity(resolved);
    const name = entries.get(identity)?.name ?? jsonKey(resolved);
    entries.set(identity, { name, value: jsonText(value, budget, depth + 1) });
  }
  return `{${[...entries.values()].map(({ name, value }) => `${name}: ${value}`).join(', ')}}`;
}

/** The entries of a map with those that `<<` brings in front of them, as YAML 1.1 has it. */
export function mergedEntries(
  node: YamlNode & { readonly kind: 'map' },
  depth = 0,
): readonly { readonly key: YamlNode; readonly value: YamlNode }[] {
  if (depth > deepest) throw new ValueError(node, `is nested more than ${deepest} deep`);
  const own = node.entries.filter(({ key }) => !isMerge(key));
  const merged = node.entries.filter(({ key }) => isMerge(key)).flatMap(({ value }) => mergeSources(value));
  return merged.length === 0 ? own : [...merged.flatMap((source) => mergedEntries(source, depth + 1)), ...own];
}

function isMerge(key: YamlNode): boolean {
  return key.kind === 'scalar' && key.plain && key.text === '<<';
}

/** The earlier one of several wins, so that it comes last. */
function mergeSources(value: YamlNode): readonly (YamlNode & { readonly kind: 'map' })[] {
  const sources = value.kind === 'list' ? value.items.toReversed() : [value];
  return sources.map((source) => {
    if (source.kind !== 'map') throw new ValueError(source, 'is merged by "<<" and is no map');
    return source;
  });
}

function keyIdentity(value: Scalar): string {
  if (value.type === 'null' || value.type === 'text' || value.type === 'time')
    return `${value.type} ${scalarText(value)}`;
  return `number ${value.type === 'int' ? String(value.value) : String(Number(value.value))}`;
}

function jsonKey(value: Scalar): string {
  return value.type === 'text' || value.type === 'time' ? asciiJson(value.value) : `"${jsonScalar(value)}"`;
}

function jsonScalar(value: Scalar): string {
  switch (value.type) {
    case 'null':
      return 'null';
    case 'float':
      return pythonFloat(value.value);
    case 'text':
    case 'time':
      return asciiJson(value.value);
    default:
      return String(value.value);
  }
}

/** Python's `repr` of a float, with JSON's extras. */
function pythonFloat(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? 'Infinity' : '-Infinity';
  return floatRepr(value);
}

/** PyYAML's own form of it: a mantissa always has a point. */
function yamlFloat(value: number): string {
  if (Number.isNaN(value)) return '.nan';
  if (!Number.isFinite(value)) return value > 0 ? '.inf' : '-.inf';
  const text = floatRepr(value);
  return text.includes('e') && !text.includes('.') ? text.replace('e', '.0e') : text;
}

function floatRepr(value: number): string {
  if (Object.is(value, -0)) return '-0.0';
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e16)) {
    const [mantissa = '', exponent = ''] = value.toExponential().split('e');
    return `${mantissa}e${exponent[0]}${exponent.slice(1).padStart(2, '0')}`;
  }
  const text = String(value);
  return text.includes('.') ? text : `${text}.0`;
}
