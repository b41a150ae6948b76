import { lasting, type Problem } from '../problem.ts';
import { isSecretId } from '../user-secrets/secret-id.ts';
import type { Place, YamlNode, YamlText } from '../yaml/node.ts';
import { resolveScalar } from '../yaml/scalar.ts';
import { mergedEntries, scalarText, ValueError, valueText } from '../yaml/text.ts';

/** The option `environment`, read. Every entry knows where it stands: `environment.juju[1]`. */
export interface EnvironmentEntries {
  readonly env: readonly { readonly at: string; readonly name: string; readonly value: string }[];
  /** `name` and `key` null: every key of the secret, under its own name. */
  readonly juju: readonly {
    readonly at: string;
    readonly id: string;
    readonly single: { readonly name: string; readonly key: string } | null;
  }[];
  readonly vault: readonly {
    readonly at: string;
    readonly path: string;
    readonly name: string;
    readonly key: string;
  }[];
}

export const noEntries: EnvironmentEntries = { env: [], juju: [], vault: [] };

const sections = ['env', 'juju', 'vault'] as const;

/** Names that the charm sets for itself; secrets of Vault must not be called so. */
const reserved = /^(TEMPORAL_|TWC_)/;

/** Reads the whole option, and tells every problem that it has. */
export function readEntries(text: YamlText): {
  readonly entries: EnvironmentEntries;
  readonly problems: readonly Problem[];
} {
  if (!text.ok) {
    const problems = text.problems.map(({ what, ...place }) => malformed(`${what}, ${spell(place)}`));
    return { entries: noEntries, problems };
  }
  if (text.node === null) return { entries: noEntries, problems: [] };
  const reader = new Reader();
  try {
    return { entries: readSections(text.node, reader), problems: reader.problems };
  } catch (error) {
    if (!(error instanceof ValueError)) throw error;
    return { entries: noEntries, problems: [structure(error.node, 'environment', error.message)] };
  }
}

function readSections(node: YamlNode, reader: Reader): EnvironmentEntries {
  if (node.kind === 'scalar' && resolveScalar(node)?.type === 'null') return noEntries;
  if (node.kind !== 'map') {
    const file = node.kind === 'scalar' && /^[./~]|\.ya?ml$/.test(node.text);
    const hint = file ? '; environment=@<file> sets what a file holds' : '';
    reader.refuse(node, 'environment', `is ${kindOf(node)} (a map with env, juju and vault${hint})`);
    return noEntries;
  }
  const found = reader.mapOf(node, 'environment');
  for (const [name, { key }] of found) {
    if (!sections.some((section) => section === name))
      reader.refuse(key, `environment.${name}`, 'is not known (env, juju and vault are)');
  }
  const list = (section: (typeof sections)[number]) =>
    reader.listOf(found.get(section)?.value, `environment.${section}`);
  return {
    env: list('env').flatMap(({ node: item, at }) => readEnv(item, { at, reader })),
    juju: list('juju').flatMap(({ node: item, at }) => readJuju(item, { at, reader })),
    vault: list('vault').flatMap(({ node: item, at }) => readVault(item, { at, reader })),
  };
}

interface Reading {
  readonly at: string;
  readonly reader: Reader;
}

function readEnv(node: YamlNode, { at, reader }: Reading) {
  const fields = reader.fields(node, { at, names: ['name', 'value'] });
  if (fields === null) return [];
  const name = reader.textOf(fields.get('name'), `${at}.name`);
  const value = reader.valueOf(fields.get('value'), `${at}.value`);
  // A name that is null never reached a worker: Pebble drops it.
  if (name === null || value === null || isNull(fields.get('name'))) return [];
  reader.checkName(fields.get('name'), { at: `${at}.name`, name });
  return [{ at, name, value }];
}

function readJuju(node: YamlNode, { at, reader }: Reading): EnvironmentEntries['juju'] {
  const whole = node.kind === 'map' && node.entries.length === 1;
  const names = whole ? ['secret-id'] : ['secret-id', 'name', 'key'];
  const fields = reader.fields(node, { at, names, hint: 'secret-id, name and key, or secret-id alone' });
  if (fields === null) return [];
  const id = reader.secretIdOf(fields.get('secret-id'), `${at}.secret-id`);
  if (id === null) return [];
  if (whole || (isEmpty(fields.get('name')) && isEmpty(fields.get('key')))) return [{ at, id, single: null }];
  const name = reader.textOf(fields.get('name'), `${at}.name`);
  const key = reader.textOf(fields.get('key'), `${at}.key`);
  if (name === null || key === null) return [];
  if (key === '') reader.refuse(fields.get('key'), `${at}.key`, 'is empty (a key of the secret)');
  reader.checkName(fields.get('name'), { at: `${at}.name`, name });
  return [{ at, id, single: { name, key } }];
}

function readVault(node: YamlNode, { at, reader }: Reading) {
  const fields = reader.fields(node, { at, names: ['path', 'name', 'key'] });
  if (fields === null) return [];
  const [path, name, key] = ['path', 'name', 'key'].map((field) => reader.textOf(fields.get(field), `${at}.${field}`));
  if (path == null || name == null || key == null) return [];
  for (const [field, text] of Object.entries({ path, key })) {
    if (text === '') reader.refuse(fields.get(field), `${at}.${field}`, 'is empty');
  }
  if (/(^|\/)\.{1,2}(\/|$)|[?#%\\]|^\//.test(path))
    reader.refuse(fields.get('path'), `${at}.path`, `is ${JSON.stringify(path)} (a path such as my-secrets)`);
  reader.checkName(fields.get('name'), { at: `${at}.name`, name });
  if (reserved.test(name)) {
    reader.problems.push(
      lasting(
        `Environment variables cannot use reserved prefix 'TEMPORAL_' or 'TWC_' — ${at}.name, ${spell(fields.get('name') ?? node)}`,
      ),
    );
  }
  return [{ at, path, name, key }];
}

type Fields = ReadonlyMap<string, YamlNode>;

/** Collects problems while it reads, so that all are told at once. */
class Reader {
  readonly problems: Problem[] = [];

  refuse(place: Place | undefined, at: string, what: string): void {
    this.problems.push(structure(place ?? { line: 1, column: 1 }, at, what));
  }

  /** The values by key. A key that stands there twice is refused; one that `<<` brings gives way to the map's own. */
  mapOf(node: YamlNode & { readonly kind: 'map' }, at: string) {
    const found = new Map<string, { readonly key: YamlNode; readonly value: YamlNode }>();
    const own = new Set(node.entries);
    for (const entry of mergedEntries(node)) {
      const name = this.textOf(entry.key, `a key of ${at}`);
      if (name === null) continue;
      const first = found.get(name);
      if (first !== undefined && own.has(first))
        this.refuse(entry.key, `${at}.${name}`, `stands there twice (first in line ${first.key.line})`);
      found.set(name, entry);
    }
    return found;
  }

  listOf(node: YamlNode | undefined, at: string): readonly { readonly node: YamlNode; readonly at: string }[] {
    if (node === undefined) return [];
    if (node.kind === 'list') return node.items.map((item, index) => ({ node: item, at: `${at}[${index}]` }));
    this.refuse(
      node,
      at,
      `is ${kindOf(node)} (a list; leave ${at.replace('environment.', '')} out when there is none)`,
    );
    return [];
  }

  /** The fields of an entry, which has exactly these; null when it has not. */
  fields(
    node: YamlNode,
    of: { readonly at: string; readonly names: readonly string[]; readonly hint?: string },
  ): Fields | null {
    const accepted = of.hint ?? `${of.names.slice(0, -1).join(', ')} and ${of.names.at(-1)}`;
    if (node.kind !== 'map') {
      this.refuse(node, of.at, `is ${kindOf(node)} (a map with ${accepted})`);
      return null;
    }
    const found = this.mapOf(node, of.at);
    const missing = of.names.filter((name) => !found.has(name));
    const foreign = [...found.keys()].filter((name) => !of.names.includes(name));
    if (missing.length > 0) this.refuse(node, of.at, `lacks ${missing.join(' and ')} (${accepted})`);
    for (const name of foreign) this.refuse(found.get(name)?.key, `${of.at}.${name}`, `is not known (${accepted})`);
    if (missing.length > 0 || foreign.length > 0) return null;
    return new Map([...found].map(([name, { value }]) => [name, value]));
  }

  textOf(node: YamlNode | undefined, at: string): string | null {
    if (node === undefined) return null;
    if (node.kind !== 'scalar') {
      this.refuse(node, at, `is ${kindOf(node)} (text)`);
      return null;
    }
    return this.valueOf(node, at);
  }

  valueOf(node: YamlNode | undefined, at: string): string | null {
    if (node === undefined) return null;
    try {
      const text = valueText(node);
      if (!text.includes('\0')) return text;
      this.refuse(node, at, 'holds a NUL character, which no environment can');
    } catch (error) {
      if (!(error instanceof ValueError)) throw error;
      this.refuse(error.node, at, error.message);
    }
    return null;
  }

  secretIdOf(node: YamlNode | undefined, at: string): string | null {
    const resolved = node?.kind === 'scalar' ? resolveScalar(node) : null;
    const id = resolved === null ? '' : scalarText(resolved);
    if (resolved?.type === 'text' && isSecretId(id)) return id;
    const found = resolved === null ? 'is no text' : id === '' ? 'is empty' : `is ${JSON.stringify(id)}`;
    this.refuse(node, at, `${found} (a secret's id as add-secret printed it, such as secret:d0abc…)`);
    return null;
  }

  checkName(node: YamlNode | undefined, of: { readonly at: string; readonly name: string }): void {
    if (of.name === '') this.refuse(node, of.at, 'is empty (a name of an environment variable)');
    if (of.name.includes('=')) this.refuse(node, of.at, `is ${JSON.stringify(of.name)} (a name without "=")`);
  }
}

function isNull(node: YamlNode | undefined): boolean {
  return node?.kind === 'scalar' && resolveScalar(node)?.type === 'null';
}

function isEmpty(node: YamlNode | undefined): boolean {
  return isNull(node) || (node?.kind === 'scalar' && node.text === '');
}

function kindOf(node: YamlNode): string {
  if (node.kind === 'list') return 'a list';
  if (node.kind === 'map') return 'a map';
  return isEmpty(node) ? 'empty' : 'a single value';
}

function malformed(what: string): Problem {
  return lasting(`Incorrectly formatted \`environment\` config: ${what}`);
}

function structure(place: Place, at: string, what: string): Problem {
  return lasting(`Invalid environment structure: ${at} ${what}, ${spell(place)}`);
}

function spell({ line, column }: Place): string {
  return `line ${line}, column ${column}`;
}
