import { usageError } from './failure.ts';
import { readInput } from './input-file.ts';

/** Reads words `key=value`; a value `@file` stands for the file's content. Refuses in Juju's words. */
export function parseKeyValues(words: readonly string[], cwd: string): Record<string, string> {
  const values: Record<string, string> = {};
  for (const word of words) {
    const at = word.indexOf('=');
    if (at <= 0) throw usageError(`expected "key=value", got ${JSON.stringify(word)}`);
    const key = word.slice(0, at);
    const value = word.slice(at + 1);
    if (Object.hasOwn(values, key)) throw usageError(`key "${key}" specified more than once`);
    values[key] = value.startsWith('@') ? readInput(`option "${key}" from file`, value.slice(1), cwd) : value;
  }
  return values;
}
