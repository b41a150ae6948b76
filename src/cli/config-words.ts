import { usageError } from './failure.ts';
import { parseKeyValues } from './key-values.ts';
import type { Invocation } from './verb.ts';

/** What a command line of `config` or `model-config` asks for. */
export interface ConfigWords {
  /** The one key whose value is wanted. */
  readonly key?: string;
  readonly values: Readonly<Record<string, string>>;
  readonly reset: readonly string[];
  readonly file?: string;
  /** Nothing is changed: values are shown. */
  readonly shows: boolean;
}

/**
 * Reads the words behind the application's name, `--reset` and `--file`, by Juju's rules and in its words: a file, values
 * and resets go together, and a value that is shown goes with nothing else. What is typed wins over the file.
 */
export function parseConfigWords(words: readonly string[], call: Pick<Invocation, 'options' | 'cwd'>): ConfigWords {
  const file = call.options.file as string | undefined;
  const reset = ((call.options.reset as string[] | undefined) ?? []).filter((key) => key !== '');
  const pair = reset.find((key) => key.includes('='));
  if (pair) throw usageError(`--reset accepts a comma delimited set of keys "a,b,c", received: "${pair}"`);
  const pairs = words.filter((word) => word.includes('='));
  const keys = words.filter((word) => !word.includes('='));
  const asked = [
    ...(file === undefined ? [] : ['use --file flag']),
    ...(reset.length === 0 ? [] : ['use --reset flag']),
    ...(keys.length === 0 ? [] : ['get value']),
    ...(pairs.length === 0 ? [] : ['set key=value pairs']),
  ];
  if (keys.length > 0 && asked.length > 1)
    throw usageError(`cannot ${asked.slice(0, -1).join(', ')} and ${asked.at(-1)} simultaneously`);
  if (keys.length > 1) throw usageError('cannot specify multiple keys to get');
  const values = parseKeyValues(pairs, call.cwd);
  const both = reset.find((key) => Object.hasOwn(values, key));
  if (both) throw usageError(`cannot set and reset key "${both}" simultaneously`);
  const [key] = keys;
  return {
    ...(key !== undefined && { key }),
    values,
    reset,
    ...(file !== undefined && { file }),
    shows: asked.length === 0 || key !== undefined,
  };
}
