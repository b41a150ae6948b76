import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { activeMessage, configFile, type Spine, unit, withTemporal, worker } from './spine.ts';
import { checkout, freePort } from './system.ts';

let spine: Spine;

beforeAll(async () => {
  spine = await withTemporal();
  const { system } = spine;
  await system.do('model-config', 'update-status-hook-interval=60m');
  await system.do('deploy', worker, '--resource', `temporal-worker-image=${join(checkout, 'sample')}`);
});
afterAll(() => spine?.system.close());

test('a host that nobody listens on is waiting, and names the host', async () => {
  const { system } = spine;
  const host = `127.0.0.1:${await freePort()}`;
  await system.do('config', worker, `--file=${configFile(system, { host, queue: 'test-queue', namespace: 'test' })}`);
  expect((await system.waitForWords(unit, host)).current).toBe('waiting');
});

test('a namespace that does not exist is named, and heals by itself when it is created', async () => {
  const { system, address } = spine;
  await system.do('config', worker, `host=${address}`, 'namespace=late');
  expect((await system.waitForWords(unit, "'late'")).current).not.toBe('active');
  await system.do('run', 'temporal-k8s/0', 'create-namespace', 'name=late');
  await system.waitForUnit(unit, 'workload-status=="active"');
});

test('a worker on the right queue is active with the text that scripts look for', async () => {
  await spine.system.do('config', worker, 'namespace=test');
  await spine.system.waitForMessage(unit, activeMessage);
  expect((await spine.system.unit(unit))['workload-status'].current).toBe('active');
});
