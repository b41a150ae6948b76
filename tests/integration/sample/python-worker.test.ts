import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { layOutPythonWorker } from '../python-worker.ts';
import { metricsPortTaken, type Spine, withTemporal, worker } from '../system/spine.ts';
import { command } from '../system/system.ts';

let spine: Spine;
let root: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'python-worker-'));
  spine = await withTemporal();
});
afterAll(async () => {
  await spine?.system.close();
  await rm(root, { recursive: true, force: true });
});

/** Deploys a Python worker under a name that is also its task queue, and waits until its status is final. */
async function deploy(
  name: string,
  options: { relative?: boolean },
): Promise<{ status: string; message: string; missing?: string }> {
  const directory = join(root, name);
  const missing = (await layOutPythonWorker(directory, options)).missing ?? (await metricsPortTaken());
  if (missing) return { status: '', message: '', missing };
  const config = [`host=${spine.address}`, 'namespace=test', `queue=${name}`].flatMap((pair) => ['--config', pair]);
  await spine.system.do('deploy', worker, name, '--resource', `temporal-worker-image=${directory}`, ...config);
  const final = 'workload-status=="active" || workload-status=="blocked"';
  await spine.system.waitForUnit(`${name}/0`, `(${final}) && agent-status=="idle"`);
  const { current, message } = (await spine.system.unit(`${name}/0`))['workload-status'];
  return { status: current, message: message ?? '' };
}

async function greeting(queue: string): Promise<string> {
  const where = ['--address', spine.address, '--namespace', 'test', '--queue', queue];
  return (await command(process.execPath, ['sample/dist/client.mjs', '--name', 'Grace', '--timeout', '60', ...where]))
    .stdout;
}

test('a Python worker with relative paths runs everywhere', async (context) => {
  const { status, missing } = await deploy('relative', { relative: true });
  if (missing) context.skip(missing);
  expect(status).toBe('active');
  expect(await greeting('relative')).toBe('Hello, Grace! (Python)\n');
});

test('a Python worker that names /app runs in a mount namespace, or is refused with the line that names it', async (context) => {
  const { status, message, missing } = await deploy('absolute', {});
  if (missing) context.skip(missing);
  if (status === 'blocked') return expect(message).toMatch(/start-worker\.sh:2 names \/app\//);
  expect(status).toBe('active');
  expect(await greeting('absolute')).toBe('Hello, Grace! (Python)\n');
});
