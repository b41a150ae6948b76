import { parse } from 'yaml';
import { Failure, usageError } from '../failure.ts';
import { readInput } from '../input-file.ts';
import { readYaml } from '../yaml-input.ts';

type Params = Record<string, unknown>;

const keyPattern = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/;

export interface ParamSources {
  /** `key.key=value` words. */
  readonly words: readonly string[];
  /** The file of `--params`. */
  readonly file: string | undefined;
  /** With `--string-args` values stay text instead of being read as YAML. */
  readonly stringArgs: boolean;
  readonly cwd: string;
}

/** The parameters of an action from a file and from the command line, which wins. Refuses in Juju's words. */
export function readParams({ words, file, stringArgs, cwd }: ParamSources): Params {
  const params = file === undefined ? {} : fileParams(file, cwd);
  for (const word of words) {
    const at = word.indexOf('=');
    if (at === -1) throw usageError(`argument ${JSON.stringify(word)} must be of the form key.key.key...=value`);
    const keys = word.slice(0, at).split('.');
    for (const key of keys) {
      if (!keyPattern.test(key)) {
        throw usageError(
          `key ${JSON.stringify(key)} must start and end with lowercase alphanumeric, and contain only lowercase alphanumeric and hyphens`,
        );
      }
    }
    put(params, keys, stringArgs ? word.slice(at + 1) : yamlValue(word.slice(at + 1), word.slice(0, at)));
  }
  return params;
}

function fileParams(file: string, cwd: string): Params {
  const value = readYaml(readInput('params file', file, cwd), file);
  if (value === null || value === undefined) return {};
  if (!isMap(value)) throw new Failure('params must contain a YAML map with string keys');
  return value;
}

/** An empty value is an empty text, as in Juju, and not YAML's nothing. */
function yamlValue(text: string, key: string): unknown {
  if (text === '') return '';
  try {
    return parse(text, { version: '1.1', logLevel: 'error' });
  } catch (cause) {
    const [problem] = (cause as Error).message.split('\n');
    throw new Failure(
      `cannot read the value of parameter "${key}" as YAML: ${problem?.replace(/:$/, '')} (quote it for YAML, or use --string-args)`,
      1,
      { cause },
    );
  }
}

/** Sets `a.b=v` in a map of maps; what stands in the way is replaced. */
function put(params: Params, keys: readonly string[], value: unknown): void {
  let map = params;
  for (const key of keys.slice(0, -1)) {
    const next = Object.hasOwn(map, key) ? map[key] : undefined;
    const inner: Params = isMap(next) ? next : {};
    map[key] = inner;
    map = inner;
  }
  map[keys.at(-1) ?? ''] = value;
}

function isMap(value: unknown): value is Params {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
