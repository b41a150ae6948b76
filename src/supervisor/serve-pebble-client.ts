import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeFifoClient } from '../fifo/client.ts';
import { serveFifo } from '../fifo/server.ts';
import type { PebbleClient } from '../pebble/client.ts';
import { runPebbleCommand } from '../pebble/commands/run-command.ts';
import type { SupervisorSpec } from './spec.ts';

/** The program for what takes its time or needs the caller's own files and terminal. */
const program = fileURLToPath(new URL('../bin/pebble.ts', import.meta.url));

/**
 * Puts the `pebble` command into `bin` and answers it. It is a shell script that hands its arguments to this process,
 * because checks run it every few seconds and a Node program would take ten times as long to start.
 */
export async function servePebbleClient(
  spec: SupervisorSpec,
  bin: string,
  client: PebbleClient,
): Promise<{ close(): Promise<void> }> {
  // Beside a socket that somebody else chose the place of, nothing is made.
  const dir = join(spec.workload.kind === 'host' ? spec.dir : dirname(spec.socket), 'calls');
  const server = await serveFifo({ dir, handle: ({ argv, cwd }) => runPebbleCommand(argv, { client, cwd }) });
  await writeFifoClient({
    file: join(bin, 'pebble'),
    dir,
    unreachable: `error: cannot communicate with server: nobody answers at "${spec.socket}"`,
    fallback: {
      command: [
        '/usr/bin/env',
        `PEBBLE_SOCKET=${spec.socket}`,
        process.execPath,
        '--disable-warning=ExperimentalWarning',
        program,
      ],
      when: [
        ['exec'],
        ['logs', '-f', '--follow'],
        ...['push', 'pull', 'add', 'add-identities', 'update-identities', 'remove-identities'].map((name): [string] => [
          name,
        ]),
      ],
    },
  });
  return server;
}
