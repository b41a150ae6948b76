import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { obtainBinary } from '../../src/companions/binary.ts';
import { waitForFrontend } from '../../src/companions/temporal-k8s/frontend.ts';
import { temporalBinary } from '../../src/companions/temporal-k8s/temporal-binary.ts';
import { type CliResult, runCli } from '../../src/companions/temporal-k8s/temporal-cli.ts';
import { pathsFrom } from '../../src/controller/paths.ts';
import { freePort } from './system/system.ts';

/** A real Temporal development server in a directory of its own, without its UI. */
export interface TemporalServer {
  readonly port: number;
  readonly address: string;
  cli(...args: readonly string[]): Promise<CliResult>;
  /** Kills the server, so that nothing answers at its address until `start`. */
  kill(): Promise<void>;
  /** Starts it again on the same database and port. */
  start(): Promise<void>;
  /** Ends it and removes its directory. */
  close(): Promise<void>;
}

/** Path of a temporal binary; downloads or builds one where there is none, and says so. */
export async function temporalProgram(): Promise<string> {
  const places = { cache: pathsFrom(process.env).cache, env: process.env };
  return (await obtainBinary(temporalBinary, { places, say: (line) => console.error(`# ${line}`) })).path;
}

/** Starts a server with these namespaces; `default` is always there. */
export async function startTemporal(options: { namespaces?: readonly string[] } = {}): Promise<TemporalServer> {
  const [binary, port, home] = await Promise.all([
    temporalProgram(),
    freePort(),
    mkdtemp(join(tmpdir(), 'temporal-server-')),
  ]);
  const args = ['server', 'start-dev', '--headless', '--ip=127.0.0.1', `--port=${port}`, '--log-level=never'];
  const namespaces = (options.namespaces ?? []).map((name) => `--namespace=${name}`);
  let server: ChildProcess | undefined;
  const start = async () => {
    const argv = [...args, ...namespaces, `--db-filename=${join(home, 'temporal.db')}`];
    server = spawn(binary, argv, { stdio: 'ignore', env: { HOME: home } });
    if (await waitForFrontend(port, 120_000)) return;
    await kill();
    throw new Error(`temporal does not answer on port ${port} after 120 s`);
  };
  const kill = async () => {
    if (!server || server.exitCode !== null || server.signalCode !== null) return;
    const exited = once(server, 'exit');
    server.kill('SIGKILL');
    await exited;
  };
  const close = async () => {
    await kill();
    await rm(home, { recursive: true, force: true });
  };
  await start();
  return {
    port,
    address: `127.0.0.1:${port}`,
    cli: (...line) => runCli(line, { binary, port, home, timeoutMs: 30_000 }),
    kill,
    start,
    close,
  };
}
