import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { Failure, usageError } from './failure.ts';
import { goJson } from './json.ts';
import type { Invocation } from './verb.ts';

/** Turns a value into the text of one format. */
export type Renderer<T> = (value: T) => string;

/** Adds `--format` and `-o`, as every listing verb has them. The accepted names are those given to `writeFormatted`. */
export function formatOptions(command: Command, fallback: string, others: readonly string[]): void {
  command
    .option('--format <format>', `output format: ${[fallback, ...others].join(' | ')} (default ${fallback})`)
    .option('-o, --output <file>', 'write to a file instead of stdout');
}

/** The format asked for. Refuses one that the verb does not have, in Juju's words. */
export function chosenFormat(call: Invocation, fallback: string, others: readonly string[]): string {
  const format = typeof call.options.format === 'string' ? call.options.format : fallback;
  if (![fallback, ...others].includes(format)) {
    throw usageError(
      `invalid value "${format}" for option --format: unknown format "${format}" (accepted: ${[fallback, ...others].join(', ')})`,
    );
  }
  return format;
}

/** Writes the value in the format asked for; `json` and `yaml` need no renderer. The first renderer is the default. */
export async function writeFormatted<T>(
  call: Invocation,
  value: T,
  renderers: Readonly<Record<string, Renderer<T>>>,
): Promise<void> {
  const named = Object.keys(renderers);
  const [fallback = 'yaml', ...others] = [...new Set([...named, 'yaml', 'json'])];
  const format = chosenFormat(call, fallback, others);
  writeData(call, await rendered(value, format, renderers));
}

async function rendered<T>(
  value: T,
  format: string,
  renderers: Readonly<Record<string, Renderer<T>>>,
): Promise<string> {
  const own = renderers[format];
  if (own) return own(value);
  if (format === 'json') return goJson(value);
  return (await import('./yaml.ts')).goYaml(value);
}

/** Data goes to stdout, or to the file of `-o`. */
export function writeData(call: Invocation, text: string): void {
  if (typeof call.options.output !== 'string') {
    call.out(text);
    return;
  }
  try {
    writeFileSync(resolve(call.cwd, call.options.output), text);
  } catch (cause) {
    throw new Failure(`cannot write "${call.options.output}": ${reason(cause)}`, 1, { cause });
  }
}

function reason(cause: unknown): string {
  return cause instanceof Error ? cause.message.replace(/, open '.*'$/, '') : String(cause);
}
