import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Spine, unit, withTemporal, worker } from './spine.ts';
import { checkout, command, freePort, until } from './system.ts';

const namespace = 'made-by-relation';
const active = `worker listening to namespace '${namespace}' on queue 'q'`;
let spine: Spine;
let address: string;

/** A worker that is told no host, and a namespace that there is not. */
beforeAll(async () => {
  spine = await withTemporal();
  ({ address } = spine);
  const image = `temporal-worker-image=${join(checkout, 'sample')}`;
  const config = [`namespace=${namespace}`, 'queue=q'].map((option) => `--config=${option}`);
  await spine.system.do('deploy', worker, '--resource', image, ...config);
});
afterAll(() => spine?.system.close());

const untilMessage = (wanted: string) => spine.system.waitForMessage(unit, wanted);

async function greet(): Promise<string> {
  const client = ['sample/dist/client.mjs', '--name', 'Ada', '--timeout', '60'];
  const where = ['--address', address, '--namespace', namespace, '--queue', 'q'];
  return (await command(process.execPath, [...client, ...where], { cwd: checkout })).stdout;
}

test('relate with no endpoint gives the worker its server', async () => {
  const { system } = spine;
  await untilMessage('Invalid config: host value missing');
  await system.do('relate', worker, 'temporal-k8s');
  await untilMessage(`namespace '${namespace}' not found at '${address}' (create it, or set option namespace)`);
});

test('the server makes the namespace that the worker names, and a workflow runs', async () => {
  await spine.system.do('integrate', `${worker}:temporal-worker-info`, 'temporal-k8s');
  await untilMessage(active);
  expect(await greet()).toBe('Hello, Ada!\n');
});

test('the relation wins over the option host, with a line in the log, and the worker follows the server', async () => {
  const { system } = spine;
  await system.do('config', worker, 'host=nowhere.invalid:1', 'log-level=debug');
  await until(
    'the log tells it',
    120_000,
    async () => (await system.debugLog()).includes('relation temporal-host-info wins over option host') || undefined,
  );
  const port = await freePort();
  await system.do('config', 'temporal-k8s', `port=${port}`);
  address = `127.0.0.1:${port}`;
  await until('the worker is told the new port', 120_000, async () => {
    const told = JSON.parse(await system.do('env', unit, '--format', 'json'));
    return told.TEMPORAL_ADDRESS === address || undefined;
  });
  await system.waitForUnit(unit, 'workload-status=="active"');
  expect(await greet()).toBe('Hello, Ada!\n');
});

test('without the relation the option counts again', async () => {
  await spine.system.do('remove-relation', `${worker}:temporal-host-info`, 'temporal-k8s');
  await spine.system.waitForWords(unit, "'nowhere.invalid:1'");
});
