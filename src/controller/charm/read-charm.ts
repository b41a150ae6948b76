import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ActionSpec } from '../api.ts';
import { checkOptionValue } from '../config/parse-option.ts';
import { codeOf, UserError } from '../errors.ts';
import { kindOf, readYamlMap } from './read-yaml.ts';
import type { CharmSpec, ContainerSpec, EndpointSpec, OptionSpec, ResourceSpec, StorageSpec } from './spec.ts';

/** The YAML files of a charm, as text; undefined for one that is not there. */
export interface CharmFiles {
  readonly metadata: string;
  readonly config?: string | undefined;
  readonly actions?: string | undefined;
  readonly manifest?: string | undefined;
  readonly version?: string | undefined;
  readonly containersDir?: string | undefined;
}

/** Reads and checks the charm in a directory. Rejects with every problem of a file's shape in one line. */
export async function readCharmDirectory(directory: string): Promise<CharmSpec> {
  const read = async (name: string): Promise<string | undefined> => {
    try {
      return await readFile(join(directory, name), 'utf8');
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return undefined;
      throw new UserError(`cannot read ${join(directory, name)}: ${codeOf(error) ?? error}`, { cause: error });
    }
  };
  const [metadata, config, actions, manifest, version, containersDir] = await Promise.all(
    ['metadata.yaml', 'config.yaml', 'actions.yaml', 'manifest.yaml', 'version', 'containers-dir'].map(read),
  );
  if (metadata === undefined)
    throw new UserError(`cannot read a charm from ${directory}: there is no metadata.yaml in it`);
  return parseCharm({ metadata, config, actions, manifest, version, containersDir }, `in ${directory}`);
}

/** True when the directory has a metadata.yaml, and so is meant as a charm. */
export async function isCharmDirectory(directory: string): Promise<boolean> {
  return stat(join(directory, 'metadata.yaml')).then(
    (found) => found.isFile(),
    () => false,
  );
}

/** `where` goes into messages: `cannot use metadata.yaml in ./charm: …`. */
export function parseCharm(files: CharmFiles, where: string): CharmSpec {
  const problems: string[] = [];
  const metadata = new Section(
    readYamlMap(files.metadata, `cannot use metadata.yaml ${where}`),
    'metadata.yaml',
    problems,
  );
  const name = metadata.text('name');
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]*[a-z][a-z0-9]*)*$/.test(name)) {
    problems.push(
      `metadata.yaml: name ${JSON.stringify(name)} (lower-case letters, digits and hyphens, beginning with a letter)`,
    );
  }
  const resources = metadata.map('resources', readResource);
  const containers = metadata.map('containers', readContainer);
  for (const [container, { resource }] of Object.entries(containers)) {
    if (resource && !resources[resource])
      problems.push(
        `metadata.yaml: container "${container}" names resource "${resource}", which is not among resources`,
      );
  }
  const endpoints = {
    ...metadata.map('provides', (entry) => readEndpoint(entry, 'provides')),
    ...metadata.map('requires', (entry) => readEndpoint(entry, 'requires')),
    ...metadata.map('peers', (entry) => readEndpoint(entry, 'peer')),
  };
  const spec: CharmSpec = {
    name,
    summary: metadata.text('summary'),
    description: metadata.text('description'),
    containers,
    resources,
    endpoints,
    storage: metadata.map('storage', readStorage),
    options: readOptions(files.config, where, problems),
    actions: readActions(files.actions, where, problems),
    base: readBase(files.manifest, where),
    followsContainersDir: files.containersDir?.trim() === 'CHARM_CONTAINERS_DIR',
    version: files.version?.split('\n')[0]?.trim() ?? '',
  };
  if (problems.length > 0) throw new UserError(`cannot use the charm ${where}: ${problems.join('; ')}`);
  return spec;
}

/** A mapping of a charm's file, whose parts are read with their mistakes noted instead of thrown. */
class Section {
  readonly #values: Readonly<Record<string, unknown>>;
  readonly #path: string;
  readonly #problems: string[];

  constructor(values: Readonly<Record<string, unknown>>, path: string, problems: string[]) {
    this.#values = values;
    this.#path = path;
    this.#problems = problems;
  }

  has(key: string): boolean {
    return this.#values[key] !== undefined && this.#values[key] !== null;
  }

  text(key: string): string {
    const value = this.#values[key];
    if (value === undefined || value === null) return '';
    if (typeof value === 'string') return value.trimEnd();
    if (typeof value === 'number' || typeof value === 'boolean') return String(value);
    this.#problems.push(`${this.#path}: ${key} is ${kindOf(value)} (a text)`);
    return '';
  }

  get(key: string): unknown {
    return this.#values[key];
  }

  map<T>(key: string, read: (entry: Section, name: string, problem: (text: string) => void) => T): Record<string, T> {
    const value = this.#values[key];
    if (value === undefined || value === null) return {};
    if (typeof value !== 'object' || Array.isArray(value)) {
      this.#problems.push(`${this.#path}: ${key} is ${kindOf(value)} (a mapping)`);
      return {};
    }
    return Object.fromEntries(
      Object.entries(value).map(([name, entry]) => {
        const path = `${this.#path}: ${key}.${name}`;
        const isMap = typeof entry === 'object' && entry !== null && !Array.isArray(entry);
        // An endpoint may be written short, as `database: postgresql_client`.
        const short = typeof entry === 'string' ? { interface: entry } : {};
        if (!isMap && entry !== null && typeof entry !== 'string')
          this.#problems.push(`${path} is ${kindOf(entry)} (a mapping)`);
        const section = new Section(isMap ? (entry as Record<string, unknown>) : short, path, this.#problems);
        return [name, read(section, name, (text) => this.#problems.push(`${path}: ${text}`))];
      }),
    );
  }
}

function readContainer(entry: Section): ContainerSpec {
  const mounts = entry.get('mounts');
  return {
    resource: entry.text('resource'),
    mounts: Array.isArray(mounts)
      ? mounts.map((mount) => ({ storage: String(mount?.storage ?? ''), location: String(mount?.location ?? '') }))
      : [],
  };
}

function readResource(entry: Section, _name: string, problem: (text: string) => void): ResourceSpec {
  const type = entry.text('type');
  if (type !== 'oci-image' && type !== 'file') problem(`type ${JSON.stringify(type)} (oci-image or file)`);
  return {
    type: type === 'file' ? 'file' : 'oci-image',
    description: entry.text('description'),
    filename: entry.text('filename'),
  };
}

function readEndpoint(entry: Section, role: EndpointSpec['role']): EndpointSpec {
  const limit = entry.get('limit');
  return {
    role,
    interface: entry.text('interface'),
    limit: typeof limit === 'number' ? limit : null,
    scope: entry.text('scope') === 'container' ? 'container' : 'global',
    ...(entry.get('implicit') === true ? { implicit: true } : {}),
  };
}

function readStorage(entry: Section): StorageSpec {
  const multiple = entry.get('multiple');
  const range =
    typeof multiple === 'object' && multiple !== null ? String((multiple as { range?: unknown }).range ?? '') : '1';
  return {
    kind: entry.text('type') === 'block' ? 'block' : 'filesystem',
    location: entry.text('location'),
    minimum: Number.parseInt(range, 10) || 0,
  };
}

function readOptions(text: string | undefined, where: string, problems: string[]): Record<string, OptionSpec> {
  if (text === undefined) return {};
  const file = readYamlMap(text, `cannot use config.yaml ${where}`);
  if (!('options' in file)) {
    problems.push(
      Object.keys(file).length === 0
        ? 'config.yaml: invalid config: empty configuration'
        : 'config.yaml: there is no "options" at its top',
    );
    return {};
  }
  return new Section(file, 'config.yaml', problems).map('options', (entry, name, problem) => {
    const type = entry.text('type') || 'string';
    if (!/^(string|int|float|boolean|secret)$/.test(type)) {
      problem(`option "${name}" has unknown type "${type}"`);
      return { type: 'string', description: '' };
    }
    const option: OptionSpec = { type: type as OptionSpec['type'], description: entry.text('description') };
    const checked = checkOptionValue(name, option, entry.get('default'));
    if ('problem' in checked) problem(`invalid config default: ${checked.problem}`);
    return 'value' in checked && checked.value !== null ? { ...option, default: checked.value } : option;
  });
}

function readActions(text: string | undefined, where: string, problems: string[]): Record<string, ActionSpec> {
  if (text === undefined) return {};
  const file = readYamlMap(text, `cannot use actions.yaml ${where}`);
  return new Section({ actions: file }, 'actions.yaml', problems).map('actions', (entry) => {
    const params = entry.get('params');
    const required = entry.get('required');
    return {
      description: entry.text('description') || 'No description',
      params: typeof params === 'object' && params !== null ? (params as Record<string, unknown>) : {},
      required: Array.isArray(required) ? required.map(String) : [],
      // Juju 3 refuses what an action does not name unless it says otherwise.
      additionalProperties: entry.get('additionalProperties') === true,
    };
  });
}

function readBase(text: string | undefined, where: string): { name: string; channel: string } {
  const fallback = { name: 'ubuntu', channel: '24.04' };
  if (text === undefined) return fallback;
  const bases = readYamlMap(text, `cannot use manifest.yaml ${where}`).bases;
  const first = Array.isArray(bases) ? bases[0] : undefined;
  if (typeof first !== 'object' || first === null) return fallback;
  return {
    name: String(first.name ?? fallback.name),
    channel: String(first.channel ?? fallback.channel).replace(/\/stable$/, ''),
  };
}
