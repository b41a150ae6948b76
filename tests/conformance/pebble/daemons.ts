import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PebbleClient } from '../../../src/pebble/client.ts';
import { runSupervisor } from '../../integration/supervisor/run-supervisor.ts';

/** A running daemon to try a case on. */
export interface DaemonUnderTest extends AsyncDisposable {
  readonly client: PebbleClient;
  /** An empty directory that the files API can write to under the same path. */
  readonly dir: string;
  /** Runs the `pebble` command against it. */
  pebble(...argv: string[]): Promise<{ exitCode: number; stdout: string; stderr: string }>;
}

/** The daemons that every case is run on: ours, and Canonical's own when PEBBLE_BIN names its binary. */
export const daemons: readonly { readonly name: string; start(): Promise<DaemonUnderTest> }[] = [
  { name: 'ours', start: startOurs },
  ...(process.env.PEBBLE_BIN ? [{ name: 'Pebble', start: () => startReal(process.env.PEBBLE_BIN as string) }] : []),
];

async function startOurs(): Promise<DaemonUnderTest> {
  const supervisor = await runSupervisor();
  return {
    client: supervisor.client,
    dir: '/app',
    pebble: (...argv) => run([supervisor.pebble, ...argv], {}),
    [Symbol.asyncDispose]: () => supervisor[Symbol.asyncDispose](),
  };
}

async function startReal(binary: string): Promise<DaemonUnderTest> {
  const root = mkdtempSync(join(tmpdir(), 'pebble-'));
  const dir = mkdtempSync(join(tmpdir(), 'pebble-files-'));
  const env = { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: root, PEBBLE: root };
  const daemon = spawn(binary, ['run', '--create-dirs', '--hold'], { stdio: 'ignore', env });
  const client = new PebbleClient({ socket: join(root, '.pebble.socket') });
  while (!(await client.reachable())) await new Promise((resolve) => setTimeout(resolve, 20));
  return {
    client,
    dir,
    pebble: (...argv) => run([binary, ...argv], env),
    async [Symbol.asyncDispose]() {
      await ended(daemon);
      for (const path of [root, dir]) rmSync(path, { recursive: true, force: true });
    },
  };
}

async function ended(daemon: ChildProcess): Promise<void> {
  const exit = once(daemon, 'exit');
  daemon.kill('SIGTERM');
  await exit;
}

async function run(
  argv: string[],
  env: Record<string, string>,
): Promise<{ exitCode: number; stdout: string; stderr: string }> {
  const [command, ...args] = argv;
  const child = spawn(command as string, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: '/usr/bin:/bin', ...env },
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output.stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    output.stderr += text;
  });
  const [exitCode] = await once(child, 'close');
  return { exitCode: exitCode as number, ...output };
}
