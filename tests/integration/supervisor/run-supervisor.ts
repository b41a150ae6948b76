import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PebbleClient } from '../../../src/pebble/client.ts';
import type { Change } from '../../../src/pebble/types.ts';
import { endSupervisor } from '../../../src/supervisor/launch.ts';
import type { SupervisorSpec } from '../../../src/supervisor/spec.ts';

const program = fileURLToPath(new URL('../../../src/bin/supervisor.ts', import.meta.url));

/** A supervisor as a process of its own, on directories of its own. */
export interface RunningSupervisor {
  readonly spec: SupervisorSpec;
  readonly client: PebbleClient;
  /** The workload's directory. */
  readonly app: string;
  /** The path of the `pebble` command. */
  readonly pebble: string;
  process: ChildProcess;
  /** Starts it again on the same directories, after its end. */
  restart(): Promise<void>;
  /** Ends it and everything that it started, and removes the directories. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** Starts a supervisor. `files`: the workload's, by path; those that begin with `#!` are made executable. */
export async function runSupervisor(
  options: {
    readonly namespace?: 'auto' | 'never';
    readonly files?: Readonly<Record<string, string>>;
    readonly environment?: Readonly<Record<string, string>>;
    readonly layers?: SupervisorSpec['layers'];
  } = {},
): Promise<RunningSupervisor> {
  const root = mkdtempSync(join(tmpdir(), 'sup-'));
  const app = join(root, 'app');
  for (const [path, text] of Object.entries({ '.keep': '', ...options.files })) {
    const file = join(app, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    if (text.startsWith('#!')) chmodSync(file, 0o755);
  }
  const spec: SupervisorSpec = {
    container: 'c',
    socket: join(root, 'r', 'c', 'pebble.socket'),
    dir: join(root, 'unit', 'containers', 'c'),
    workload: { kind: 'directory', app },
    environment: { PATH: '/usr/local/bin:/usr/bin:/bin', ...options.environment },
    namespace: options.namespace ?? 'auto',
    layers: options.layers ?? [],
  };
  const specFile = join(root, 'spec.json');
  writeFileSync(specFile, JSON.stringify(spec));
  const running: RunningSupervisor = {
    spec,
    app,
    client: new PebbleClient({ socket: spec.socket }),
    pebble: join(spec.dir, 'bin', 'pebble'),
    process: await start(specFile),
    async restart() {
      running.process = await start(specFile);
    },
    async [Symbol.asyncDispose]() {
      await endSupervisor(spec, { timeoutMs: 8000 });
      if (running.process.exitCode === null && running.process.signalCode === null) await once(running.process, 'exit');
      rmSync(root, { recursive: true, force: true });
    },
  };
  return running;
}

async function start(specFile: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', program, '--spec', specFile], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    env: { PATH: process.env.PATH },
  });
  let said = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  // All that it wrote has been read at its close, which it need not be at its exit.
  const [outcome] = await Promise.race([once(child, 'message'), once(child, 'close')]);
  if (outcome !== 'ready') throw new Error(`the supervisor ended: ${said}`);
  child.disconnect();
  return child;
}

/** Adds a layer, replans, and waits for the change. */
export async function replanned(client: PebbleClient, layer: string, label = 'test'): Promise<Change> {
  await client.addLayer(label, layer, { combine: true });
  return client.waitChange(await client.replan());
}

/** Waits until `look` gives something; fails loudly when it does not in time. */
export async function eventually<T>(
  what: string,
  look: () => T | Promise<T>,
  timeoutMs = 60_000,
): Promise<NonNullable<T>> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (Date.now() > deadline) throw new Error(`waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Is there such a process, and is it more than a zombie? */
export function isRunning(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) Z/s.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return false;
  }
}
