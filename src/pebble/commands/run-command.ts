import type { PebbleClient } from '../client.ts';
import { PebbleApiError, PebbleConnectionError } from '../errors.ts';
import { expectArguments, parseArguments, UsageError } from './arguments.ts';
import { type CommandResult, formatOption, inFormat, type PebbleCommand, printed } from './command.ts';
import { fileCommands } from './file-commands.ts';
import { identityCommands } from './identity-commands.ts';
import { noticeCommands } from './notice-commands.ts';
import { queryCommands } from './query-commands.ts';
import { serviceCommands } from './service-commands.ts';

const otherCommands: Readonly<Record<string, PebbleCommand>> = {
  version: {
    summary: 'Show version details',
    usage: 'pebble version [--client]',
    options: { client: { long: 'client' } },
    async run(args, { client }) {
      expectArguments(args, []);
      if (args.has('client')) return printed(`${clientVersion}\n`);
      const { version } = await client.systemInfo();
      return printed(`client  ${clientVersion}\nserver  ${version}\n`);
    },
  },
  check: {
    summary: 'Query the details of a configured health check',
    usage: 'pebble check [--refresh] [--format=<format>] <check>',
    options: { ...formatOption, refresh: { long: 'refresh' } },
    async run(args, { client }) {
      expectArguments(args, ['check']);
      const name = args.positional[0] as string;
      const refreshed = args.has('refresh') ? await client.refreshCheck(name) : undefined;
      const info = refreshed?.info ?? (await client.checks({ names: [name] }))[0];
      if (!info) throw new UsageError(`cannot find check "${name}"`);
      const { 'change-id': id, 'prev-change-id': previous, threshold, failures = 0, ...first } = info;
      const error = refreshed?.error ? { error: refreshed.error } : {};
      const logs = failures > 0 || refreshed?.error ? await logsOf([id, previous], client) : '';
      const changes = { ...(id ? { 'change-id': id } : {}), ...(previous ? { 'prev-change-id': previous } : {}) };
      const shown = { ...first, failures, threshold, ...changes, ...error, ...(logs ? { logs } : {}) };
      return inFormat(args.value('format') === 'json' ? 'json' : 'yaml', shown, () => printed(''));
    },
  },
};

/** What the first of the changes that has something in its log says there. */
async function logsOf(ids: readonly (string | undefined)[], client: PebbleClient): Promise<string> {
  for (const id of ids) {
    const log = id === undefined ? [] : ((await client.change(id)).tasks?.[0]?.log ?? []);
    if (log.length > 0) return log.map((line) => `${line}\n`).join('');
  }
  return '';
}

/** What we say we are; the newest Pebble whose API this is. */
export const clientVersion = 'v1.32.1';

/** Commands by name. Those that stream (`exec`, `logs -f`) or are a daemon (`run`) are not among them. */
export const commands: Readonly<Record<string, PebbleCommand>> = {
  ...queryCommands,
  ...serviceCommands,
  ...noticeCommands,
  ...fileCommands,
  ...identityCommands,
  ...otherCommands,
};

/** Runs one of `pebble`'s commands. Never rejects: what went wrong is told on stderr after `error: `, with exit code 1. */
export async function runPebbleCommand(
  argv: readonly string[],
  options: { readonly client: PebbleClient; readonly cwd: string },
): Promise<CommandResult> {
  const [name = 'help', ...rest] = argv;
  if (['help', '-h', '--help'].includes(name)) return printed(help(rest[0]));
  if (name === '--version') return printed(`${clientVersion}\n`);
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!command) return failed(`unknown command "${name}", see 'pebble help'`);
  if (rest.includes('--help') || rest.includes('-h')) return printed(help(name));
  try {
    return await command.run(parseArguments(rest, command.options), { ...options, now: new Date() });
  } catch (error) {
    return failed(commandErrorText(error as Error));
  }
}

/** What the user is told of an error. */
export function commandErrorText(error: Error): string {
  if (error instanceof UsageError || error instanceof PebbleApiError) return error.message;
  if (error instanceof PebbleConnectionError) return `cannot communicate with server: ${error.message}`;
  return `internal error: ${error.message}`;
}

function failed(message: string): CommandResult {
  return printed('', `error: ${message}\n`, 1);
}

function help(name: string | undefined): string {
  const command = name !== undefined && Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command) return `Usage:\n  ${command.usage}\n\n${command.summary}.\n`;
  const names = [...Object.keys(commands), 'exec'].sort();
  const width = Math.max(...names.map((each) => each.length)) + 2;
  const list = names.map(
    (each) =>
      `  ${each.padEnd(width)}${commands[each]?.summary ?? 'Execute a remote command and wait for it to finish'}\n`,
  );
  return `Pebble lets you control services and perform management actions on\nthe system that is running them.\n\nUsage: pebble <command> [<options>...]\n\nCommands:\n${list.join('')}`;
}
