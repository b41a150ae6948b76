import { Command, CommanderError } from 'commander';
import { usageError } from './failure.ts';
import { nearest } from './nearest.ts';
import type { Verb } from './verb.ts';

export interface Parsed {
  readonly args: string[];
  readonly options: Record<string, unknown>;
  readonly help: boolean;
}

/**
 * Reads a verb's words as Juju's client does: options and positionals mixed, `--option=value`, `--flag=false`, `--` ends
 * the options; for a verb with `rest: 'remote'` the first positional ends them too.
 */
export function parseWords(name: string, verb: Verb, words: readonly string[]): Parsed {
  const command = commandOf(name, verb);
  if (verb.rest === 'remote') command.passThroughOptions();
  try {
    command.parse(plainFlags(command, words), { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) throw refusal(error, command, name);
    throw error;
  }
  const { help, ...options } = command.opts();
  return { args: command.args, options, help: help === true };
}

/** The verb's options together with those of every verb. */
export function commandOf(name: string, verb: Verb): Command {
  const command = new Command(name)
    .exitOverride()
    .helpOption(false)
    .configureOutput({ writeOut: () => {}, writeErr: () => {} })
    .argument('[args...]')
    .allowExcessArguments();
  verb.options?.(command);
  return command
    .option('-m, --model <model>', 'model to operate in, as [<controller>:][<user>/]<model>')
    .option('-q, --quiet', 'show no informational output')
    .option('-v, --verbose', 'show more verbose output')
    .option('--debug', 'show what went wrong in full')
    .option('-h, --help', 'show this help');
}

/** `--flag=true` and `--flag=false`, which Go's flags take and commander does not. */
function plainFlags(command: Command, words: readonly string[]): string[] {
  const end = words.indexOf('--');
  const head = end === -1 ? words : words.slice(0, end);
  const plain = head.flatMap((word) => {
    const match = /^(--[a-z-]+)=(.*)$/.exec(word);
    const option = match && command.options.find((one) => one.long === match[1]);
    if (!match || !option || option.required || option.optional) return [word];
    if (/^(true|t|1)$/i.test(match[2] ?? '')) return [match[1] ?? ''];
    if (/^(false|f|0)$/i.test(match[2] ?? '')) {
      const opposite = match[1]?.replace(/^--/, '--no-') ?? '';
      return command.options.some((one) => one.long === opposite) ? [opposite] : [];
    }
    throw usageError(`invalid boolean value "${match[2]}" for ${match[1]} (true or false)`);
  });
  return end === -1 ? plain : [...plain, ...words.slice(end)];
}

function refusal(error: CommanderError, command: Command, name: string): Error {
  const quoted = /'([^']*)'/.exec(error.message)?.[1] ?? '';
  if (error.code === 'commander.unknownOption') {
    const given = quoted.split('=')[0] ?? quoted;
    const meant = nearest(
      given,
      command.options.flatMap((one) => (one.long ? [one.long] : [])),
    );
    const advice =
      meant && given.startsWith('--')
        ? `did you mean ${meant}? See "charmlet help ${name}"`
        : `see "charmlet help ${name}"`;
    return usageError(`option provided but not defined: ${given} (${advice})`);
  }
  if (error.code === 'commander.optionMissingArgument')
    return usageError(`option needs an argument: ${quoted.replace(/^-\w, /, '').split(' ')[0]}`);
  return usageError(error.message.replace(/^error: /, ''));
}
