import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { layOutPythonWorker } from '../python-worker.ts';
import { deployWorker, metricsPort, metricsPortTaken, type Spine, withTemporal, worker } from './spine.ts';
import { freePort, until } from './system.ts';

let spine: Spine;
let root: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'units-'));
  spine = await withTemporal();
});
afterAll(async () => {
  await spine?.system.close();
  await rm(root, { recursive: true, force: true });
});

beforeEach(async (context) => {
  const taken = await metricsPortTaken();
  if (taken) context.skip(taken);
});

const hasStatus = (unit: string, status: string) =>
  spine.system.waitForUnit(unit, `workload-status=="${status}" && agent-status=="idle"`);
const messageOf = async (unit: string) => (await spine.system.unit(unit))['workload-status'].message ?? '';

test('two units show their metrics at once, each on the loopback address that is its own', async () => {
  const { system } = spine;
  await deployWorker(spine, { flags: ['-n', '2'] });
  await hasStatus(`${worker}/1`, 'active');
  const addresses = await Promise.all([0, 1].map(async (n) => (await system.unit(`${worker}/${n}`)).address));
  expect(new Set(addresses).size).toBe(2);
  for (const address of addresses) {
    expect(address).toMatch(/^127\./);
    await until(`metrics at ${address}`, 120_000, async () => {
      const answer = await fetch(`http://${address}:${metricsPort}/metrics`).catch(() => undefined);
      return (await answer?.text())?.includes('temporal_') || undefined;
    });
  }
  await system.do('remove-application', '--no-prompt', worker);
});

test('a unit whose worker needs a port that is taken is blocked with the holder and a remedy, and heals', async (context) => {
  const { system } = spine;
  const directory = join(root, 'python');
  const { missing } = await layOutPythonWorker(directory, { relative: true });
  if (missing) context.skip(missing);
  const port = await freePort();
  const holder: Server = createServer().listen(port, '0.0.0.0');
  const name = 'plain';
  const config = [
    `host=${spine.address}`,
    'namespace=test',
    `queue=${name}`,
    `workload-prometheus-port=${port}`,
  ].flatMap((pair) => ['--config', pair]);
  await system.do('deploy', worker, name, '--resource', `temporal-worker-image=${directory}`, ...config);
  await hasStatus(`${name}/0`, 'blocked');
  expect(await messageOf(`${name}/0`)).toMatch(
    new RegExp(
      `^cannot start worker: port ${port} is taken by pid ${process.pid} \\(.+\\) \\(let the worker listen on TEMPORAL_PROMETHEUS_BIND_ADDRESS, here 127\\.\\d+\\.\\d+\\.\\d+, or end that process\\)$`,
    ),
  );
  holder.close();
  await hasStatus(`${name}/0`, 'active');

  await system.do('add-unit', name);
  await hasStatus(`${name}/1`, 'blocked');
  expect(await messageOf(`${name}/1`)).toMatch(
    new RegExp(
      `^cannot start worker: port ${port} is taken by pid \\d+ \\(.+\\) of ${name}/0 \\(let the worker listen`,
    ),
  );
  expect((await system.unit(`${name}/0`))['workload-status'].current).toBe('active');
});
