import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { deployWorker, type Spine, unit, withTemporal, worker, workerProcesses } from './spine.ts';
import { command, until } from './system.ts';

let spine: Spine;

beforeAll(async () => {
  spine = await withTemporal();
  await deployWorker(spine);
});
afterAll(() => spine?.system.close());

test('a killed controller comes back with the next verb, while the worker runs on', async () => {
  const { system } = spine;
  const workers = workerPids();
  process.kill(system.controllerPid(), 'SIGKILL');
  expect(workerPids()).toEqual(workers);
  await system.do('config', worker, 'log-level=warning');
  await told('TWC_LOG_LEVEL', 'warning');
  await system.waitForUnit(unit, 'workload-status=="active" && agent-status=="idle"');
  expect(await system.do('config', worker, 'log-level')).toBe('warning\n');
  expect(workerPids()).toHaveLength(workers.length);
});

test('a change that was acknowledged just before the controller was killed still reaches the worker', async () => {
  const { system } = spine;
  await system.do('config', worker, 'sentry-environment=after-the-crash');
  process.kill(system.controllerPid(), 'SIGKILL');
  await system.do('status');
  await told('TWC_SENTRY_ENVIRONMENT', 'after-the-crash');
  await system.waitForUnit(unit, 'workload-status=="active" && agent-status=="idle"');
});

test('a killed supervisor is replaced, and its worker is adopted, not started twice', async () => {
  const { system } = spine;
  const before = workerPids();
  expect(before).toHaveLength(1);
  for (const pid of await pidsOf(`supervisor.ts --spec ${join(system.data, 'units')}/${worker.replace('/', '-')}-0`))
    process.kill(pid, 'SIGKILL');
  await until('an answer of the new supervisor', 120_000, async () => {
    const ran = await system.run(
      'ssh',
      '--container',
      'temporal-worker',
      unit,
      '/charm/bin/pebble',
      'services',
      'temporal-worker',
    );
    return ran.code === 0 && / active /.test(ran.stdout) ? true : undefined;
  });
  await system.waitForUnit(unit, 'workload-status=="active" && agent-status=="idle"');
  expect(workerPids()).toEqual(before);
  expect((await spine.greet('Barbara')).code).toBe(0);
});

test('nothing is left when the controller is destroyed', async () => {
  const { system } = spine;
  await system.do('kill-controller', '--no-prompt');
  expect(await pidsOf(system.data)).toEqual([]);
});

/** Waits until the worker that runs has this in its environment. */
async function told(name: string, value: string): Promise<void> {
  await until(`the worker has ${name}=${value}`, 120_000, () =>
    workerProcesses(spine.address).some(({ variables }) => variables[name] === value) ? true : undefined,
  );
}

function workerPids(): number[] {
  return workerProcesses(spine.address).map(({ pid }) => pid);
}

async function pidsOf(text: string): Promise<number[]> {
  const listed = await command('pgrep', ['-f', '--', text]);
  return listed.stdout
    .trim()
    .split('\n')
    .filter((line) => line !== '')
    .map(Number)
    .filter((pid) => pid !== process.pid);
}
