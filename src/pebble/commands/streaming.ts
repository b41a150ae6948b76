import type { Readable, Writable } from 'node:stream';
import type { PebbleClient } from '../client.ts';
import { durationProblem, parseDuration } from '../duration.ts';
import { type OptionRules, parseArguments, UsageError } from './arguments.ts';
import { logCount, queryCommands, renderLogEntry } from './query-commands.ts';
import { commandErrorText } from './run-command.ts';

/** The caller's own streams, for the commands that use them while they run. */
export interface Streams {
  readonly stdin: Readable & { readonly isTTY?: boolean; setRawMode?(raw: boolean): unknown };
  readonly stdout: Writable & { readonly isTTY?: boolean; readonly columns?: number; readonly rows?: number };
  readonly stderr: Writable & { readonly isTTY?: boolean };
  readonly env: NodeJS.ProcessEnv;
}

const execOptions: OptionRules = {
  workingDir: { short: 'w', value: true },
  env: { long: 'env', value: true, many: true },
  uid: { long: 'uid', value: true },
  user: { long: 'user', value: true },
  gid: { long: 'gid', value: true },
  group: { long: 'group', value: true },
  timeout: { long: 'timeout', value: true },
  context: { long: 'context', value: true },
  terminal: { short: 't' },
  noTerminal: { short: 'T' },
  interactive: { short: 'i' },
  nonInteractive: { short: 'I' },
};

/** Is it one of the commands that only `runStreaming` can run? */
export function isStreaming(argv: readonly string[]): boolean {
  return (
    argv[0] === 'exec' || (argv[0] === 'logs' && argv.some((word) => word === '--follow' || /^-[a-z]*f/.test(word)))
  );
}

/** Runs `exec` or `logs -f` as `runStreaming` does, but rejects with what went wrong. */
export function stream(argv: readonly string[], options: Options): Promise<number> {
  return argv[0] === 'exec' ? exec(argv.slice(1), options) : followLogs(argv.slice(1), options);
}

/** Runs `exec` or `logs -f`; resolves with the exit code. `interrupt` ends following, and goes to an executed command as SIGINT. */
export async function runStreaming(argv: readonly string[], options: Options): Promise<number> {
  try {
    return await stream(argv, options);
  } catch (error) {
    options.streams.stderr.write(`error: ${commandErrorText(error as Error)}\n`);
    return 1;
  }
}

interface Options {
  readonly client: PebbleClient;
  readonly streams: Streams;
  readonly interrupt: AbortSignal;
}

async function followLogs(argv: readonly string[], { client, streams, interrupt }: Options): Promise<number> {
  const args = parseArguments(argv, queryCommands.logs?.options ?? {});
  const n = logCount(args.value('n'));
  for await (const entry of client.followLogs({ services: args.positional, n, signal: interrupt })) {
    streams.stdout.write(renderLogEntry(entry, args.value('format')));
  }
  return 0;
}

async function exec(argv: readonly string[], { client, streams, interrupt }: Options): Promise<number> {
  const args = parseArguments(argv, execOptions, { stopAtFirst: true });
  if (args.has('terminal') && args.has('noTerminal')) throw new UsageError('cannot use -t and -T at the same time');
  if (args.has('interactive') && args.has('nonInteractive'))
    throw new UsageError('cannot use -i and -I at the same time');
  if (args.positional.length === 0) throw new UsageError('the required argument `<command>` was not provided');
  const outIsTerminal = streams.stdout.isTTY ?? false;
  const terminal = args.has('terminal') || (!args.has('noTerminal') && outIsTerminal);
  const interactive =
    args.has('interactive') ||
    (!args.has('nonInteractive') && terminal && outIsTerminal && (streams.stdin.isTTY ?? false));
  const timeoutText = args.value('timeout');
  const timeoutMs = timeoutText === undefined ? undefined : parseDuration(timeoutText);
  if (timeoutMs === null)
    throw new UsageError(
      `invalid argument for flag \`--timeout' (expected time.Duration): ${durationProblem(timeoutText ?? '')}`,
    );
  const { columns, rows } = streams.stdout;
  const running = await client.exec(args.positional, {
    environment: environmentOf(args.values('env'), streams.env),
    terminal,
    interactive,
    // Where both go to the same terminal their order is kept.
    splitStderr: !(terminal && outIsTerminal && streams.stderr.isTTY),
    stdinOpen: true,
    onStdout: (chunk) => streams.stdout.write(chunk),
    onStderr: (chunk) => streams.stderr.write(chunk),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(columns && rows ? { width: columns, height: rows } : {}),
    ...optional('workingDir', args.value('workingDir')),
    ...optional('serviceContext', args.value('context')),
    ...optional('user', args.value('user')),
    ...optional('group', args.value('group')),
    ...(args.has('uid') ? { 'user-id': Number(args.value('uid')) } : {}),
    ...(args.has('gid') ? { 'group-id': Number(args.value('gid')) } : {}),
  });
  // The command's terminal echoes and edits; the caller's must not do so as well.
  const isRaw = terminal && streams.stdin.isTTY === true;
  if (isRaw) streams.stdin.setRawMode?.(true);
  const resize = (): void => {
    const { columns: width, rows: height } = streams.stdout;
    if (width && height) running.resize(width, height);
  };
  if (terminal) streams.stdout.on('resize', resize);
  interrupt.addEventListener('abort', () => running.sendSignal('SIGINT'), { once: true });
  streams.stdin.on('data', (chunk: Buffer) => running.writeStdin(chunk));
  streams.stdin.once('end', () => running.endStdin());
  try {
    return (await running.result).exitCode;
  } finally {
    if (isRaw) streams.stdin.setRawMode?.(false);
    streams.stdout.off('resize', resize);
    streams.stdin.destroy();
  }
}

function environmentOf(pairs: readonly string[], own: NodeJS.ProcessEnv): Record<string, string> {
  const environment: Record<string, string> = own.TERM === undefined ? {} : { TERM: own.TERM };
  for (const pair of pairs) {
    const at = pair.indexOf('=');
    if (at < 0) environment[pair] = '';
    else environment[pair.slice(0, at)] = pair.slice(at + 1);
  }
  return environment;
}

function optional<K extends string>(name: K, value: string | undefined): Partial<Record<K, string>> {
  return value === undefined ? {} : ({ [name]: value } as Record<K, string>);
}
