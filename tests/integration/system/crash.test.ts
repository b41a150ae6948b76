import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { deployWorker, type Spine, unit, withTemporal, worker } from './spine.ts';
import { command, until } from './system.ts';

let spine: Spine;

beforeAll(async () => {
  spine = await withTemporal();
  await deployWorker(spine);
});
afterAll(() => spine?.system.close());

test('a killed controller comes back with the next verb, while the worker runs on', async () => {
  const { system } = spine;
  const workers = await workerPids();
  process.kill(system.controllerPid(), 'SIGKILL');
  await system.do('config', worker, 'log-level=warning');
  await system.waitForUnit(unit, 'workload-status=="active" && agent-status=="idle"');
  expect(await system.do('config', worker, 'log-level')).toBe('warning\n');
  expect(await workerPids()).toHaveLength(workers.length);
});

test('a change that was acknowledged just before the controller was killed still reaches the worker', async () => {
  const { system } = spine;
  await system.do('config', worker, 'sentry-environment=after-the-crash');
  process.kill(system.controllerPid(), 'SIGKILL');
  await system.do('status');
  await until('the new value in the worker’s environment', 60_000, async () => {
    const out = await system.do(
      'ssh',
      '--container',
      'temporal-worker',
      unit,
      'sh',
      '-c',
      'cat /proc/[0-9]*/environ 2>/dev/null | tr "\\0" "\\n" | grep -c "^TWC_SENTRY_ENVIRONMENT=after-the-crash$" || true',
    );
    return Number(out) > 0 ? true : undefined;
  });
  await system.waitForUnit(unit, 'workload-status=="active" && agent-status=="idle"');
});

test('a killed supervisor is replaced, and its worker is adopted, not started twice', async () => {
  const { system } = spine;
  const before = await workerPids();
  expect(before).toHaveLength(1);
  for (const pid of await pidsOf(`supervisor.ts --spec ${join(system.data, 'units')}/${worker.replace('/', '-')}-0`))
    process.kill(pid, 'SIGKILL');
  await until('an answer of the new supervisor', 30_000, async () => {
    const ran = await system.run(
      'ssh',
      '--container',
      'temporal-worker',
      unit,
      '/charm/bin/pebble',
      'services',
      'temporal-worker',
    );
    return ran.code === 0 && ran.stdout.includes('active') ? true : undefined;
  });
  await system.waitForUnit(unit, 'workload-status=="active" && agent-status=="idle"');
  expect(await workerPids()).toEqual(before);
  expect((await spine.greet('Barbara')).code).toBe(0);
});

test('nothing is left when the controller is destroyed', async () => {
  const { system } = spine;
  await system.do('kill-controller', '--no-prompt');
  expect(await pidsOf(system.data)).toEqual([]);
});

async function workerPids(): Promise<number[]> {
  const listed = await command('sh', [
    '-c',
    'for p in /proc/[0-9]*; do if tr "\\0" "\\n" 2>/dev/null <$p/environ | grep -q "^TEMPORAL_ADDRESS=$1$" && tr "\\0" " " 2>/dev/null <$p/cmdline | grep -q worker.mjs; then basename $p; fi; done',
    'sh',
    spine.address,
  ]);
  return listed.stdout
    .trim()
    .split('\n')
    .filter((line) => line !== '')
    .map(Number);
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
