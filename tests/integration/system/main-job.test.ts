import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  activeMessage,
  deployWorker,
  type Spine,
  unit,
  type WorkerProcess,
  withTemporal,
  worker,
  workerProcesses,
} from './spine.ts';
import { until } from './system.ts';

let spine: Spine;

beforeAll(async () => {
  spine = await withTemporal();
  await deployWorker(spine);
});
afterAll(() => spine?.system.close());

test('a deployed and configured worker is active and completes a workflow', async () => {
  const status = (await spine.system.unit(unit))['workload-status'];
  expect({ current: status.current, message: status.message }).toEqual({ current: 'active', message: activeMessage });
  const ran = await spine.greet('Ada');
  expect(ran).toMatchObject({ code: 0, stdout: expect.stringContaining('Ada') });
});

test('pebble logs show what the worker wrote, through the command that the README of the charm names', async () => {
  const out = await spine.system.do(
    'ssh',
    '--container',
    'temporal-worker',
    unit,
    '/charm/bin/pebble',
    'logs',
    'temporal-worker',
    '-n',
    '20',
  );
  expect(out).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z \[temporal-worker\] /m);
});

test('an event that changes nothing writes nothing and restarts nothing', async () => {
  const { system } = spine;
  const since = await serviceSince();
  // In a hook's context, not in that of the action that `exec` is.
  const tell = (hook: string) =>
    `env -u JUJU_ACTION_NAME JUJU_HOOK_NAME=${hook} JUJU_DISPATCH_PATH=hooks/${hook} ./dispatch`;
  await system.do('exec', '--unit', unit, '--', tell('update-status'));
  const before = await system.unit(unit);
  await system.do('exec', '--unit', unit, '--', tell('config-changed'));
  const after = await system.unit(unit);
  expect(after['workload-status']).toEqual(before['workload-status']);
  expect(await serviceSince()).toBe(since);
});

test('setting an option to its present value fires no event', async () => {
  const { system } = spine;
  const before = (await system.debugLog()).length;
  await system.do('config', worker, 'queue=test-queue');
  expect((await system.debugLog()).slice(before)).not.toContain('config-changed');
});

test('a changed option restarts the worker once, with the new value in its environment', async () => {
  const { system } = spine;
  const since = await serviceSince();
  await system.do('config', worker, 'log-level=debug');
  const pid = await nextWorker(({ variables }) => variables.TWC_LOG_LEVEL === 'debug');
  await system.waitForUnit(unit, 'workload-status=="active" && agent-status=="idle"');
  expect(await serviceSince()).not.toBe(since);
  expect(workerPid()).toBe(pid);
});

test('the restart action gives its result, and the unit is active again', async () => {
  const since = await serviceSince();
  const out = await spine.system.do('run', `${worker}/leader`, 'restart');
  expect(out).toContain('result: worker successfully restarted');
  await spine.system.waitForUnit(unit, 'workload-status=="active" && agent-status=="idle"');
  expect(await serviceSince()).not.toBe(since);
});

test('a worker that dies and cannot start leaves active, and comes back as another process when it can', async () => {
  const { system } = spine;
  const pid = workerPid();
  const script = join(
    system.data,
    `units/${unit.replace('/', '-')}/containers/temporal-worker/app/scripts/start-worker.sh`,
  );
  chmodSync(script, 0o644);
  process.kill(pid, 'SIGKILL');
  await system.waitForUnit(unit, 'workload-status!="active"');
  chmodSync(script, 0o755);
  await system.waitForUnit(unit, 'workload-status=="active"');
  expect(workerPid()).not.toBe(pid);
  expect((await spine.greet('Grace')).code).toBe(0);
});

test('a worker that is killed and polls again at once is confirmed anew, as another process', async () => {
  const { system } = spine;
  const pid = workerPid();
  const failures = () => system.debugLog().then((log) => log.split('pebble-check-failed').length);
  const before = await failures();
  process.kill(pid, 'SIGKILL');
  await until('the event that tells of the death', 120_000, async () =>
    (await failures()) > before ? true : undefined,
  );
  const next = await nextWorker((one) => one.pid !== pid);
  await system.waitForUnit(unit, 'workload-status=="active" && agent-status=="idle"');
  expect(workerPid()).toBe(next);
});

test('stop keeps the data, and the next verb brings everything back', async () => {
  const { system } = spine;
  const pid = workerPid();
  await system.do('stop');
  expect(() => process.kill(pid, 0)).toThrow();
  await system.do('wait-for', 'application', worker, '--timeout', '150s');
  expect((await spine.greet('Edsger')).code).toBe(0);
});

async function serviceSince(): Promise<string> {
  const out = await spine.system.do(
    'ssh',
    '--container',
    'temporal-worker',
    unit,
    '/charm/bin/pebble',
    'services',
    '--abs-time',
    'temporal-worker',
  );
  return /active\s+(\S+)/.exec(out)?.[1] ?? out;
}

/** Waits until one worker runs, and it is as it should be; its pid. */
function nextWorker(holds: (found: WorkerProcess) => boolean): Promise<number> {
  return until('the next worker', 120_000, () => {
    const found = workerProcesses(spine.address);
    return found.length === 1 && found.every(holds) ? found[0]?.pid : undefined;
  });
}

function workerPid(): number {
  const pids = workerProcesses(spine.address).map(({ pid }) => pid);
  expect(pids).toHaveLength(1);
  return pids[0] ?? 0;
}
