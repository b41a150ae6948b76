import type { Tags } from 'yaml';
import type { PebbleClient } from '../client.ts';
import type { OptionRules } from './arguments.ts';

/** What a command has to work with. Commands write nothing themselves. */
export interface CommandContext {
  readonly client: PebbleClient;
  readonly now: Date;
  /** For paths on the command line that are relative. */
  readonly cwd: string;
}

export interface CommandResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** One of `pebble`'s commands. */
export interface PebbleCommand {
  readonly summary: string;
  readonly usage: string;
  readonly options: OptionRules;
  run(args: import('./arguments.ts').Arguments, context: CommandContext): Promise<CommandResult>;
}

type TagsOf = (tags: Tags) => Tags;

export const timeOption: OptionRules = { absTime: { long: 'abs-time' } };
export const formatOption: OptionRules = { format: { long: 'format', value: true, choices: ['text', 'json', 'yaml'] } };

export function printed(stdout: string, stderr = '', exitCode = 0): CommandResult {
  return { exitCode, stdout, stderr };
}

/** The result in the format that was asked for; `text` makes the default one. */
export async function inFormat(
  format: string | undefined,
  data: object,
  text: () => CommandResult,
): Promise<CommandResult> {
  if (format === 'json') return printed(`${JSON.stringify(data)}\n`);
  if (format !== 'yaml') return text();
  const { stringify } = await import('yaml');
  // Go's library quotes what YAML 1.1 takes for a boolean, as the name `off`; times it leaves as they are.
  const customTags: TagsOf = (tags) => tags.filter((tag) => typeof tag === 'string' || !tag.tag.endsWith(':timestamp'));
  return printed(stringify(data, { indent: 4, lineWidth: 0, schema: 'yaml-1.1', customTags }));
}
