import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeHolder, portHolder } from '../../../src/companions/port-holder.ts';
import { checkout, command, freePort, type Ran, System } from './system.ts';

export interface Spine {
  readonly system: System;
  readonly address: string;
  /** Runs the greeting workflow through the sample's own client. */
  greet(name: string): Promise<Ran>;
}

export const worker = 'temporal-worker-k8s';
export const unit = `${worker}/0`;
export const activeMessage = "worker listening to namespace 'test' on queue 'test-queue'";

/** Where a worker shows its metrics, at an address of its own. */
export const metricsPort = 9000;

/** Why workers that need their metrics port cannot have it; undefined when they can. */
export async function metricsPortTaken(): Promise<string | undefined> {
  const holder = await portHolder(metricsPort);
  return holder && `port ${metricsPort} of every address is taken by ${describeHolder(holder)}`;
}

/** A Temporal server on free ports with the namespace `test`; no worker yet. */
export async function withTemporal(options: ConstructorParameters<typeof System>[0] = {}): Promise<Spine> {
  const system = new System(options);
  try {
    return await startTemporal(system);
  } catch (error) {
    await system.close();
    throw error;
  }
}

async function startTemporal(system: System): Promise<Spine> {
  const [port, ui, metrics] = await Promise.all([freePort(), freePort(), freePort()]);
  await system.do(
    'deploy',
    'temporal-k8s',
    '--config',
    `port=${port}`,
    '--config',
    `ui-port=${ui}`,
    '--config',
    `metrics-port=${metrics}`,
  );
  // Like Juju's, `run` ends well when the action has failed.
  const made = await system.run('run', 'temporal-k8s/0', 'create-namespace', 'name=test', '--wait', '150s');
  if (!made.stdout.includes('namespace "test" created')) throw new Error(`${made.stdout}${made.stderr}`);
  const address = `127.0.0.1:${port}`;
  const greet = (name: string) =>
    command(process.execPath, ['sample/dist/client.mjs', '--name', name, '--timeout', '60'], {
      env: { ...process.env, TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: 'test', TEMPORAL_TASK_QUEUE: 'test-queue' },
    });
  return { system, address, greet };
}

/** The worker's config file in the shape of the seed's README. */
export function configFile(system: System, values: Record<string, string>): string {
  const file = join(system.root, 'config.yaml');
  writeFileSync(
    file,
    `${worker}:\n${Object.entries(values)
      .map(([key, value]) => `  ${key}: ${JSON.stringify(value)}\n`)
      .join('')}`,
  );
  return file;
}

/** Deploys the sample (or another directory) and waits until it is active. */
export async function deployWorker(
  spine: Spine,
  options: { image?: string; config?: Record<string, string>; flags?: readonly string[] } = {},
): Promise<void> {
  const { system, address } = spine;
  await system.do(
    'deploy',
    worker,
    '--resource',
    `temporal-worker-image=${options.image ?? join(checkout, 'sample')}`,
    ...(options.flags ?? []),
  );
  await system.do(
    'config',
    worker,
    `--file=${configFile(system, { host: address, queue: 'test-queue', namespace: 'test', ...options.config })}`,
  );
  await system.do('wait-for', 'application', worker, '--timeout', '150s');
}

export interface WorkerProcess {
  readonly pid: number;
  /** In ms since 1970. */
  readonly began: number;
  /** Its environment, as it was started with it. */
  readonly variables: Readonly<Record<string, string>>;
}

/** The sample's Node processes that were given this server's address. */
export function workerProcesses(address: string): WorkerProcess[] {
  const uptime = Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]);
  return readdirSync('/proc').flatMap((entry) => {
    try {
      if (!/^\d+$/.test(entry) || !readFileSync(`/proc/${entry}/cmdline`, 'utf8').includes('worker.mjs')) return [];
      const environment = readFileSync(`/proc/${entry}/environ`, 'utf8').split('\0');
      const variables = Object.fromEntries(
        environment.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
      );
      if (variables.TEMPORAL_ADDRESS !== address) return [];
      const ticks = Number(
        readFileSync(`/proc/${entry}/stat`, 'utf8')
          .replace(/^.*\) /s, '')
          .split(' ')[19],
      );
      return [{ pid: Number(entry), variables, began: Date.now() - (uptime - ticks / 100) * 1000 }];
    } catch {
      // The process has ended, or is another user's.
      return [];
    }
  });
}
