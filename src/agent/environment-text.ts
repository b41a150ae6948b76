import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseAllDocuments, type Range, Scalar } from 'yaml';
import type { Place, YamlNode, YamlText } from '../../charm/yaml/node.ts';

/** Juju's own limit for what a hook command may hand over is not far above; an environment is smaller by far. */
const longestText = 1_048_576;
/** More than any environment can take: whoever writes ten aliases of ten aliases means harm. */
const mostNodes = 100_000;
const deepest = 100;
/** More would not fit into a status. */
const mostProblems = 10;

/** Reads the option `environment` as YAML 1.1, its scalars as they were written. Never throws; tells no text of the option. */
export function parseEnvironment(text: string): YamlText {
  if (text.length > longestText)
    return refused({ line: 1, column: 1 }, `${text.length} characters (at most ${longestText})`);
  const control = forbidden(text);
  if (control !== null) return control;
  const lineCounter = new LineCounter();
  const documents = parseAllDocuments(text, {
    version: '1.1',
    schema: 'failsafe',
    merge: false,
    uniqueKeys: false,
    strict: true,
    prettyErrors: false,
    logLevel: 'silent',
    lineCounter,
  });
  const [document, second] = Array.isArray(documents) ? documents : [];
  const place = (at: number): Place => {
    const { line, col } = lineCounter.linePos(at);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  if (document === undefined) return { ok: true, node: null };
  const errors = document.errors.map(({ code, pos }) => ({ ...place(pos[0]), what: inWords(code) }));
  if (errors.length > 0) return { ok: false, problems: errors.slice(0, mostProblems) };
  if (second !== undefined) return refused(place(second.range[0]), 'a second document begins (one is accepted)');
  try {
    const node = document.contents as Node | null;
    return { ok: true, node: node === null ? null : new Converter(place).convert(node, 0) };
  } catch (error) {
    if (error instanceof Refused) return refused(error.place, error.message);
    throw error;
  }
}

/** Carries a problem out of the conversion. */
class Refused extends Error {
  override readonly name = 'Refused';
  readonly place: Place;

  constructor(place: Place, what: string) {
    super(what);
    this.place = place;
  }
}

/** Nodes that several aliases name are shared; only how large the whole would be written out is counted. */
class Converter {
  readonly #place: (at: number) => Place;
  readonly #anchors = new Map<string, { readonly node: YamlNode; readonly size: number } | null>();
  #size = 0;

  constructor(place: (at: number) => Place) {
    this.#place = place;
  }

  convert(node: Node | null, depth: number): YamlNode {
    const place = this.#placeOf(node);
    this.#grow(place, 1);
    if (depth > deepest) throw new Refused(place, `it is nested more than ${deepest} deep`);
    if (isAlias(node)) return this.#follow(node.source, place);
    if (!isScalar(node)) checkTag(node, place);
    const anchor = (node as { anchor?: string } | null)?.anchor;
    const before = this.#size;
    // Until it is whole, an alias of it would be inside of it.
    if (anchor !== undefined) this.#anchors.set(anchor, null);
    const converted = this.#convertOwn(node, { place, depth });
    if (anchor !== undefined) this.#anchors.set(anchor, { node: converted, size: this.#size - before + 1 });
    return converted;
  }

  #convertOwn(node: Node | null, { place, depth }: { readonly place: Place; readonly depth: number }): YamlNode {
    if (isMap(node)) {
      const entries = node.items.map(({ key, value }) => ({
        key: this.convert(key as Node | null, depth + 1),
        value: this.convert(value as Node | null, depth + 1),
      }));
      return { ...place, kind: 'map', entries };
    }
    if (isSeq(node)) {
      return { ...place, kind: 'list', items: node.items.map((item) => this.convert(item as Node | null, depth + 1)) };
    }
    if (!isScalar(node)) return { ...place, kind: 'scalar', text: '', plain: true, tag: '' };
    const plain = node.type === undefined || node.type === Scalar.PLAIN;
    return { ...place, kind: 'scalar', text: String(node.value ?? ''), plain, tag: node.tag ?? '' };
  }

  #follow(name: string, place: Place): YamlNode {
    const found = this.#anchors.get(name);
    if (found === undefined) throw new Refused(place, `alias "${name}" has no anchor before it`);
    if (found === null) throw new Refused(place, `alias "${name}" stands inside of what it names`);
    this.#grow(place, found.size);
    return found.node;
  }

  #grow(place: Place, by: number): void {
    this.#size += by;
    if (this.#size > mostNodes)
      throw new Refused(place, `it has more than ${mostNodes} parts once its aliases are written out`);
  }

  #placeOf(node: Node | null): Place {
    const range = (node as { range?: Range } | null)?.range;
    return this.#place(range?.[0] ?? 0);
  }
}

/** A list or map has no tag, or the one that it has anyway. */
function checkTag(node: Node | null, place: Place): void {
  const tag = (node as { tag?: string } | null)?.tag ?? '';
  if (!['', '!', 'tag:yaml.org,2002:map', 'tag:yaml.org,2002:seq'].includes(tag))
    throw new Refused(place, `tag ${JSON.stringify(tag)} is not understood`);
}

function refused(place: Place, what: string): YamlText {
  return { ok: false, problems: [{ ...place, what }] };
}

/** Characters that no YAML text may hold. */
function forbidden(text: string): YamlText | null {
  const at = text.search(
    /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\u0080-\u0084\u0086-\u009f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/,
  );
  if (at < 0) return null;
  const before = text.slice(0, at).split('\n');
  const code = text.charCodeAt(at).toString(16).toUpperCase().padStart(4, '0');
  return refused(
    { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 },
    `character U+${code} is not allowed`,
  );
}

/** The library's own words quote the text, which may be a password. */
function inWords(code: string): string {
  const words: Readonly<Record<string, string>> = {
    BAD_INDENT: 'the indentation does not fit, or a bracket is not closed',
    TAB_AS_INDENT: 'a tab indents (spaces are accepted)',
    MISSING_CHAR: 'a bracket, brace, quote or comma is missing',
    BLOCK_IN_FLOW: 'a block stands inside brackets',
    UNEXPECTED_TOKEN: 'this is not expected here',
    MULTILINE_IMPLICIT_KEY: 'a key reaches over several lines, or its colon is missing',
    BAD_ALIAS: 'the alias is malformed',
    BAD_DQ_ESCAPE: 'the escape in double quotes is not known',
    BAD_SCALAR_START: 'a plain value cannot begin with this character',
    DUPLICATE_KEY: 'the key stands there twice',
    TAG_RESOLVE_FAILED: 'the tag is not known',
    MULTIPLE_ANCHORS: 'two anchors for one value',
    MULTIPLE_TAGS: 'two tags for one value',
    RESOURCE_EXHAUSTION: 'it is nested too deeply',
  };
  return words[code] ?? code.toLowerCase().replaceAll('_', ' ');
}
