import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { KitClient } from '../../../worker-kit/src/client.ts';
import { command } from '../system/system.ts';
import { startTemporal, type TemporalServer } from '../temporal-server.ts';
import { buildBundle, startKitProcess } from './kit-process.ts';
import { pythonLibrary } from './python-library.ts';

const key = 'HLCeMJLLiyLrUOukdThNgRfyraIXZk918rtp5VX/uwI=';
const fixtures = join(import.meta.dirname, '../../fixtures/worker-kit');
let root: string;
let temporal: TemporalServer;
let bundle: string;
let python: Awaited<ReturnType<typeof pythonLibrary>>;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'kit-'));
  [temporal, bundle, python] = await Promise.all([startTemporal(), buildBundle(root), pythonLibrary()]);
});
afterAll(async () => {
  await temporal?.close();
  await rm(root, { recursive: true, force: true });
});

const kitEnv = (queue: string) => ({
  TEMPORAL_ADDRESS: temporal.address,
  TWC_NAMESPACE: 'default',
  TWC_QUEUE: queue,
  TWC_ENCRYPTION_KEY: key,
});
const pythonEnv = () => ({ ...process.env, PYTHONPATH: python.path });

test("a Python client and a worker with the kit read each other's payloads and failures", async (context) => {
  if (!python.path) return context.skip(python.missing);
  const worker = startKitProcess(kitEnv('kit'), bundle);
  try {
    const run = (workflow: string) =>
      command('python3', [join(fixtures, 'python-client.py'), temporal.address, 'kit', key, workflow, 'Ada'], {
        env: pythonEnv(),
      });
    const [greeted, failed] = await Promise.all([run('greeting'), run('refusedByActivity')]);
    expect(greeted.stdout).toBe('Hello, Ada!\n');
    expect(failed.stdout).toMatch(/^failed: Activity task failed: .*cannot greet Ada\n$/);
  } finally {
    await worker.stop();
  }
});

test("a client with the kit and a Python worker read each other's payloads", async (context) => {
  if (!python.path) return context.skip(python.missing);
  const worker = spawn('python3', [join(fixtures, 'python-worker.py'), temporal.address, 'python', key], {
    env: pythonEnv(),
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const exited = once(worker, 'exit');
  try {
    await using kit = await KitClient.connect({ env: kitEnv('python') });
    const options = {
      workflowId: randomUUID(),
      taskQueue: 'python',
      args: ['Grace'],
      workflowExecutionTimeout: 90_000,
    };
    expect(await kit.client.workflow.execute('greeting', options)).toBe('Hello, Grace! (Python)');
  } finally {
    worker.kill('SIGKILL');
    await exited;
  }
});
