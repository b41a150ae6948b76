import { join } from 'node:path';
import { Failure, usageError } from '../failure.ts';
import type { Invocation, Verb } from '../verb.ts';

export const verb: Verb = {
  args: '<command> [<argument> ...]',
  purpose: "Run a workload's daemon by itself, or a command against one.",
  details:
    'run [--dir <dir>] [--socket <socket>] [--http <address>] [--hold] [--verbose] is the daemon, in the foreground, until\n' +
    'SIGTERM: any client of Pebble can talk to it. It reads <dir>/layers/NNN-label.yaml. With --http it answers health and\n' +
    'system-info by TCP, and nothing else. Every other command goes to the daemon at PEBBLE_SOCKET (else\n' +
    '$PEBBLE/.pebble.socket).',
  examples: [
    'pebble run --dir ./daemon --socket /tmp/p.sock --http :4000',
    'pebble services',
    'pebble logs -f web',
    'pebble exec -- ls',
  ],
  rest: 'remote',
  startsController: false,
  async run(call) {
    const [command, ...rest] = call.args;
    if (command === undefined) throw usageError('no command specified (see "charmlet help pebble")');
    return command === 'run' ? await runDaemon(rest, call) : await runCommand(call.args, call);
  },
};

async function runDaemon(argv: readonly string[], call: Invocation): Promise<number> {
  const { runStandalone } = await import('../../supervisor/standalone.ts');
  const { UsageError } = await import('../../pebble/commands/arguments.ts');
  try {
    return await runStandalone(argv, call);
  } catch (error) {
    throw new Failure((error as Error).message, error instanceof UsageError ? 2 : 1, { cause: error });
  }
}

/** Errors are told as charmlet tells them: `ERROR`, and Pebble's text. */
async function runCommand(argv: readonly string[], call: Invocation): Promise<number> {
  const { PEBBLE = '/var/lib/pebble/default', PEBBLE_SOCKET = join(PEBBLE, '.pebble.socket') } = call.env;
  const { PebbleClient } = await import('../../pebble/client.ts');
  const { isStreaming, stream } = await import('../../pebble/commands/streaming.ts');
  const { commandErrorText, runPebbleCommand } = await import('../../pebble/commands/run-command.ts');
  const client = new PebbleClient({ socket: PEBBLE_SOCKET });
  if (isStreaming(argv)) {
    return stream(argv, { client, streams: call, interrupt: call.signal }).catch((error: Error) => {
      throw new Failure(commandErrorText(error), 1, { cause: error });
    });
  }
  const { exitCode, stdout, stderr } = await runPebbleCommand(argv, { client, cwd: call.cwd });
  call.stdout.write(stdout);
  if (exitCode !== 0 && stderr !== '') throw new Failure(stderr.replace(/^error: /, '').trimEnd());
  call.stderr.write(stderr);
  return exitCode;
}
