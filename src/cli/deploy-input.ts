import { existsSync } from 'node:fs';
import { Failure, usageError } from './failure.ts';
import { readInput, userPath } from './input-file.ts';
import { parseKeyValues } from './key-values.ts';

/** Juju's rule that tells a path of a charm from a name. */
export function isPath(charm: string): boolean {
  return /^(\.{1,2}(\/|$)|\/|~\/)/.test(charm);
}

/** `name=value` words. What is a path on this machine becomes absolute; a reference to an image stays as typed. */
export function parseResources(words: readonly string[], cwd: string): Record<string, string> {
  const resources: Record<string, string> = {};
  for (const word of words) {
    const at = word.indexOf('=');
    const [name, value] = [word.slice(0, at), word.slice(at + 1)];
    if (at <= 0 || value === '')
      throw usageError(`expected "name=value" for option --resource, got ${JSON.stringify(word)}`);
    if (Object.hasOwn(resources, name)) throw usageError(`resource "${name}" specified more than once`);
    resources[name] = resourceValue(name, value, cwd);
  }
  return resources;
}

/** An absolute path for what is there or can only be a path; anything else as typed. */
export function resourceValue(name: string, value: string, cwd: string): string {
  const path = userPath(value, cwd);
  if (existsSync(path)) return path;
  if (isPath(value))
    throw new Failure(
      `cannot use resource "${name}": "${value}" is not there (for a container: a directory that holds what it shall hold)`,
    );
  return value;
}

/** `--config` words: `key=value` and `key=@file`, or files of YAML. */
export function parseConfigs(
  words: readonly string[],
  cwd: string,
): { values: Record<string, string>; files: { file: string; text: string }[] } {
  const pairs = words.filter((word) => /^[A-Za-z][\w.-]*=/.test(word) && !isPath(word));
  const files = words
    .filter((word) => !pairs.includes(word))
    .map((file) => ({ file, text: readInput('config file', file, cwd) }));
  return { values: parseKeyValues(pairs, cwd), files };
}
