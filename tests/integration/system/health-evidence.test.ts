import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { startTokenGate, type TokenGate } from '../worker-kit/token-gate.ts';
import { activeMessage, deployWorker, metricsPortTaken, type Spine, withTemporal, worker } from './spine.ts';
import { freePort } from './system.ts';

let spine: Spine;
let gate: TokenGate;
/** A worker that cannot show its metrics does not know that it polls. */
let taken: string | undefined;
const units = [0, 1].map((n) => `${worker}/${n}`);
/** What the gate turns away at the moment. */
let refused = /\/DescribeTaskQueue$/;

/** Two units behind a server that tells nobody who polls, and an option that wants proof all the same. */
beforeAll(async () => {
  taken = await metricsPortTaken();
  if (taken) return;
  spine = await withTemporal();
  gate = await startTokenGate(spine.address, (_, path) => (refused.test(path) ? 'not allowed' : undefined));
  const environment = `env: [{name: TEMPORAL_WORKER_HEALTH_ADDRESS, value: "${await freePort()}"}]`;
  const config = { host: gate.address, 'poller-evidence': 'required', environment };
  await deployWorker(spine, { config, flags: ['-n', '2'] });
});
afterAll(async () => {
  await gate?.close();
  await spine?.system.close();
});

beforeEach((context) => {
  if (taken) context.skip(taken);
});

const active = `workload-status=="active" && workload-message=="${activeMessage}"`;

test("where the server denies who polls, each unit's worker says so itself, and both are active as verified", async () => {
  for (const unit of units) await spine.system.waitForUnit(unit, active);
  expect(await spine.system.debugLog()).not.toContain('poller not verified');
  expect((await spine.greet('Ada')).stdout).toBe('Hello, Ada!\n');
});

test('a worker that says that its polls fail is not active, and tells why; it heals by itself', async () => {
  refused = /\/(DescribeTaskQueue|Poll\w+)$/;
  await spine.system.do('run', units[0]!, 'restart');
  const message =
    'worker runs but does not poll: polls fail: UNAUTHENTICATED (its log says why: pebble logs temporal-worker)';
  await spine.system.waitForUnit(units[0]!, `workload-status=="waiting" && workload-message=="${message}"`);
  refused = /\/DescribeTaskQueue$/;
  await spine.system.waitForUnit(units[0]!, active);
});
