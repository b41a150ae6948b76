#!/usr/bin/env node
import { join } from 'node:path';
import { PebbleClient } from '../pebble/client.ts';
import { runPebbleCommand } from '../pebble/commands/run-command.ts';
import { isStreaming, runStreaming } from '../pebble/commands/streaming.ts';

// The `pebble` command as a program of its own. In a workload its short commands are answered by the supervisor.
const argv = process.argv.slice(2);
const { PEBBLE = '/var/lib/pebble/default', PEBBLE_SOCKET = join(PEBBLE, '.pebble.socket') } = process.env;
const client = new PebbleClient({ socket: PEBBLE_SOCKET });

if (isStreaming(argv)) {
  const interrupted = new AbortController();
  process.on('SIGINT', () => interrupted.abort());
  // A reader that has seen enough, as in `logs -f | head`.
  process.stdout.on('error', () => process.exit(0));
  const exitCode = await runStreaming(argv, { client, streams: process, interrupt: interrupted.signal });
  process.stdout.write('', () => process.exit(exitCode));
} else {
  const { exitCode, stdout, stderr } = await runPebbleCommand(argv, { client, cwd: process.cwd() });
  process.stdout.write(stdout);
  process.stderr.write(stderr);
  process.exitCode = exitCode;
}
