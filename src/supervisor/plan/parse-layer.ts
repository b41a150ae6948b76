import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, type Pair, parseDocument } from 'yaml';
import { formatDuration, parseDuration } from '../../pebble/duration.ts';
import type { Users } from '../process/identity.ts';
import { type FieldKind, type ObjectKind, type SectionName, sections } from './fields.ts';
import { type Layer, PlanFormatError } from './types.ts';
import { validateLayer } from './validate.ts';

/**
 * Reads a layer from YAML and checks it by itself. Scalars of any type become their source text where text is wanted
 * (`9000` -> "9000", `null` -> ""). Throws `PlanFormatError` for what Pebble refuses, unknown keys among it.
 */
export function parseLayer(label: string, text: string, users: Users): Layer {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, merge: false, uniqueKeys: true, logLevel: 'silent' });
  const [syntax] = document.errors;
  if (syntax) {
    const at = syntax.linePos?.[0].line;
    const what = syntax.message.split('\n')[0]?.replace(/ at line \d+, column \d+:?$/, '');
    throw new PlanFormatError(`cannot parse layer "${label}": yaml: line ${at}: ${what}`);
  }
  const resolve = (node: unknown): Node | null =>
    isAlias(node) ? ((node.resolve(document) ?? null) as Node | null) : ((node ?? null) as Node | null);
  const root = document.contents;
  const layer: Record<string, unknown> = { label, order: 0, services: {}, checks: {}, 'log-targets': {} };
  if (root === null || isNull(root)) return layer as unknown as Layer;
  if (!isMap(root)) {
    throw new PlanFormatError(
      `cannot parse layer "${label}": yaml: unmarshal errors:\n  line 1: cannot unmarshal ${describe(root)} into map[string]yaml.Node`,
    );
  }
  for (const { key, value } of root.items) {
    const name = textOf(key as Node);
    const section = resolve(value);
    const line = (node: Node | null) => sectionLine(lines, section, node);
    const reader = new SectionReader(resolve, line);
    if (name === 'summary' || name === 'description') layer[name] = reader.value('text', section, 'string');
    else if (Object.hasOwn(sections, name)) layer[name] = reader.entries(sections[name as SectionName], section);
    else throw new PlanFormatError(`cannot parse layer "${label}": unknown section "${name}"`);
    const problem = reader.problem();
    if (problem) throw new PlanFormatError(`cannot parse layer "${label}" section "${name}": ${problem}`);
  }
  validateLayer(layer as unknown as Layer, users);
  return layer as unknown as Layer;
}

/** Reads one section and collects what is wrong with it, as Pebble reports it. */
class SectionReader {
  readonly #problems: string[] = [];
  /** go-yaml stops at the first value that a type of its own refuses, and says only that. */
  #refused: string | null = null;
  readonly #resolve: (node: unknown) => Node | null;
  readonly #line: (node: Node | null) => number;

  constructor(resolve: (node: unknown) => Node | null, line: (node: Node | null) => number) {
    this.#resolve = resolve;
    this.#line = line;
  }

  /** What is wrong with the section, in go-yaml's words; null when nothing is. */
  problem(): string | null {
    if (this.#refused !== null || this.#problems.length === 0) return this.#refused;
    return `yaml: unmarshal errors:\n${this.#problems.map((problem) => `  ${problem}`).join('\n')}`;
  }

  /** name -> object; an entry that is null is kept as null for the checks that name it. */
  entries(kind: ObjectKind, node: Node | null): Record<string, unknown> {
    if (node === null || isNull(node)) return {};
    if (!isMap(node)) {
      this.#refuse(node, `cannot unmarshal ${describe(node)} into map[string]*${kind.goType}`);
      return {};
    }
    return Object.fromEntries(this.#pairs(node.items).map(([name, value]) => [name, this.#object(kind, value)]));
  }

  value(kind: FieldKind, node: Node | null, goType: string): unknown {
    if (typeof kind === 'object') return this.#object(kind, node) ?? undefined;
    if (kind === 'texts') return this.#texts(node);
    if (kind === 'text-map') return this.#textMap(node, goType);
    if (node === null || isNull(node)) return undefined;
    if (!isScalar(node)) {
      if (kind === 'duration') this.#refused ??= 'duration must be a YAML string';
      else if (kind === 'float') this.#refused ??= 'value must be a YAML number';
      else this.#refuse(node, `cannot unmarshal ${describe(node)} into ${goType}`);
      return undefined;
    }
    return this.#scalar(kind, node, textOf(node));
  }

  #scalar(kind: 'text' | 'int' | 'float' | 'duration', node: Node, text: string): unknown {
    if (kind === 'text') return text === '' ? undefined : text;
    if (kind === 'duration') {
      const ms = parseDuration(text);
      if (ms === null) this.#refused ??= `invalid duration "${text}"`;
      return formatDuration(ms ?? 0);
    }
    const number = Number(text);
    if (kind === 'float') {
      if (text.trim() === '' || Number.isNaN(number)) this.#refused ??= `invalid floating-point number "${text}"`;
      return number;
    }
    if (!Number.isInteger(number) || text.trim() === '') {
      this.#refuse(node, `cannot unmarshal ${describe(node)} into int`);
      return undefined;
    }
    return number;
  }

  #object(kind: ObjectKind, node: Node | null): Record<string, unknown> | null {
    if (node === null || isNull(node)) return null;
    if (!isMap(node)) {
      this.#refuse(node, `cannot unmarshal ${describe(node)} into ${kind.goType}`);
      return {};
    }
    const object: Record<string, unknown> = {};
    for (const [name, value, key] of this.#pairs(node.items)) {
      const field = Object.hasOwn(kind.fields, name) ? kind.fields[name] : undefined;
      if (field === undefined) {
        this.#refuse(key, `field ${name} not found in type ${kind.goType}`);
        continue;
      }
      const read = this.value(field, value, kind.goTypes?.[name] ?? (field === 'int' ? 'int' : 'string'));
      if (read !== undefined) object[name] = read;
    }
    return object;
  }

  #texts(node: Node | null): string[] | undefined {
    if (node === null || isNull(node)) return undefined;
    if (!isSeq(node)) {
      this.#refuse(node, `cannot unmarshal ${describe(node)} into []string`);
      return undefined;
    }
    const texts = node.items.map((item) => textOf(this.#resolve(item)));
    return texts.length === 0 ? undefined : texts;
  }

  #textMap(node: Node | null, goType: string): Record<string, string> | undefined {
    if (node === null || isNull(node)) return undefined;
    if (!isMap(node)) {
      this.#refuse(node, `cannot unmarshal ${describe(node)} into map[string]${goType}`);
      return undefined;
    }
    const map: Record<string, string> = {};
    for (const [name, value] of this.#pairs(node.items)) {
      if (value !== null && !isScalar(value)) this.#refuse(value, `cannot unmarshal ${describe(value)} into string`);
      else map[name] = value === null ? '' : textOf(value);
    }
    return Object.keys(map).length === 0 ? undefined : map;
  }

  /** The pairs of a map with the merge key `<<` resolved; what is written in the map itself wins. */
  #pairs(items: readonly Pair[]): [name: string, value: Node | null, key: Node][] {
    const own: [string, Node | null, Node][] = [];
    const merged: [string, Node | null, Node][] = [];
    for (const { key, value } of items) {
      const node = this.#resolve(value);
      const name = textOf(key as Node);
      if (name !== '<<') own.push([name, node, key as Node]);
      else
        for (const map of isSeq(node) ? node.items.map(this.#resolve) : [node])
          if (isMap(map)) merged.push(...this.#pairs(map.items));
    }
    const known = new Set(own.map(([name]) => name));
    return [...merged.filter(([name]) => !known.has(name)), ...own];
  }

  #refuse(node: Node | null, problem: string): void {
    this.#problems.push(`line ${this.#line(node)}: ${problem}`);
  }
}

/** Pebble decodes every section by itself, so its line numbers count from the section's first line. */
function sectionLine(lines: LineCounter, section: Node | null, node: Node | null): number {
  const lineOf = (at: Node | null): number => lines.linePos(at?.range?.[0] ?? 0).line;
  return lineOf(node) - lineOf(section) + 1;
}

function isNull(node: Node): boolean {
  return isScalar(node) && node.value === null;
}

/** A scalar's text as written: plain scalars keep their source, quoted ones their value, null is empty. */
function textOf(node: Node | null): string {
  if (!isScalar(node)) return '';
  if (node.value === null) return '';
  if (typeof node.value === 'string') return node.value;
  return node.source ?? String(node.value);
}

/** As Go's YAML library says it, which quotes of a longer text the first 7 characters alone. */
function describe(node: Node): string {
  if (isMap(node)) return '!!map';
  if (isSeq(node)) return '!!seq';
  const value = isScalar(node) ? node.value : null;
  const tag = { string: '!!str', boolean: '!!bool', number: Number.isInteger(value) ? '!!int' : '!!float' }[
    typeof value as string
  ];
  const text = textOf(node);
  return `${tag ?? '!!null'} \`${text.length > 10 ? `${text.slice(0, 7)}...` : text}\``;
}
