import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Environment } from '../../../src/controller/author-api.ts';
import { type FakeVault, fakeVault, role } from '../agent/fake-vault.ts';
import { layOutPythonSample } from '../python-worker.ts';
import { configFile, metricsPortTaken, type Spine, withTemporal, worker } from '../system/spine.ts';
import { command, freePort, type Ran, until } from '../system/system.ts';

const unit = `${worker}/0`;
let spine: Spine;
let root: string;
let vault: FakeVault;
let missing: string | undefined;

/** The Python sample as the charm's workload, with a database and a Vault of which it is told by a secret. */
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'python-sample-'));
  missing = (await layOutPythonSample(join(root, 'image'))).missing ?? (await metricsPortTaken());
  if (missing) return;
  [spine, vault] = await Promise.all([withTemporal(), fakeVault({ mount: 'secret' })]);
  const { system } = spine;
  await system.do('deploy', 'postgresql-k8s', '--config', `port=${await freePort()}`);
  await system.do('deploy', worker, '--resource', `temporal-worker-image=${join(root, 'image')}`);
  const login = [`vault-addr=${vault.url}`, `vault-cacert-bytes=${vault.ca}`];
  const credentials = [`vault-role-id=${role['role-id']}`, `vault-secret-id=${role['role-secret-id']}`];
  const secret = (await system.do('add-secret', 'vault-login', ...login, ...credentials)).trim();
  await system.do('grant-secret', 'vault-login', worker);
  const environment = `env: [{name: key1, value: value1}]\njuju: [{secret-id: "${secret}"}]`;
  const settings = { host: spine.address, queue: 'test-queue', namespace: 'test', 'db-name': 'orders', environment };
  await system.do('config', worker, `--file=${configFile(system, settings)}`);
  await system.do('relate', worker, 'postgresql-k8s');
  await system.waitForUnit('postgresql-k8s/0', 'workload-status=="active"');
  // Told of a database, the worker is started anew, and a workflow that runs meanwhile writes twice.
  await until('the worker has the database', 150_000, async () => {
    const { variables } = JSON.parse(await system.do('env', unit, '--explain', '--format', 'json')) as Environment;
    return variables.some(({ name, worker: has }) => name === 'TEMPORAL_DB_PASSWORD' && has === 'same') || undefined;
  });
  await system.waitForUnit(unit, 'workload-status=="active" && agent-status=="idle"');
}, 600_000);
afterAll(async () => {
  await spine?.system.close();
  await vault?.close();
  await rm(root, { recursive: true, force: true });
});

function run(workflow: string, ...names: string[]): Promise<Ran> {
  const where = ['--address', spine.address, '--namespace', 'test', '--queue', 'test-queue', '--timeout', '60'];
  const asked = ['--workflow', workflow, ...names.flatMap((name) => ['--name', name])];
  return command(process.execPath, ['sample/dist/client.mjs', ...asked, ...where]);
}

test('the Python sample serves the workflows of the TypeScript one, from the same variables', async (context) => {
  if (missing) return context.skip(missing);
  expect(await run('greeting', 'Grace')).toMatchObject({ code: 0, stdout: 'Hello, Grace! (Python)\n' });
  expect((await run('environment', 'key1', 'key2')).stdout).toBe('{"key1":"value1","key2":null}\n');
  expect((await run('environment', 'TEMPORAL_DB_PASSWORD')).stderr).toContain('cannot tell TEMPORAL_DB_PASSWORD');
  expect((await run('vault', 'Grace')).stdout).toBe('{"greeting":"Hello, Grace!","version":1}\n');
  const stored = await until('credentials of the database', 150_000, async () => {
    const { stdout } = await run('database', 'Grace');
    return stdout === '' ? undefined : JSON.parse(stdout);
  });
  expect(stored).toEqual({ id: expect.any(Number), name: 'Grace', worker: expect.stringMatching(`^${unit}@`) });
});

test('it is drained and started again by the action restart, and shows its metrics', async (context) => {
  if (missing) return context.skip(missing);
  const { address } = await spine.system.unit(unit);
  expect(await (await fetch(`http://${address}:9000/metrics`)).text()).toContain('temporal_worker_start');
  await spine.system.do('run', unit, 'restart');
  await spine.system.waitForUnit(unit, 'workload-status=="active" && agent-status=="idle"');
  expect((await run('greeting', 'Ada')).stdout).toBe('Hello, Ada! (Python)\n');
});
