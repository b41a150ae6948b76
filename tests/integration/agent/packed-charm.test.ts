import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { type RunningSupervisor, runSupervisor } from '../supervisor/run-supervisor.ts';
import { FakeJuju } from './fake-juju.ts';

const sleeper = '#!/bin/sh\nexec sleep 1000\n';
const config = {
  'log-level': 'info',
  host: '127.0.0.1:1',
  namespace: 'ns',
  queue: 'q',
  'auth-provider': '',
  'sentry-sample-rate': 1,
  'stop-timeout': '1s',
  'start-timeout': '2s',
  'poller-evidence': 'off',
};
const listening = "active: worker listening to namespace 'ns' on queue 'q'";

let dir: string;
let supervisor: RunningSupervisor | undefined;

beforeAll(() => {
  execFileSync(process.execPath, ['scripts/pack.ts', '--unpacked'], { stdio: 'inherit' });
});
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'agent-'));
});
afterEach(async () => {
  await supervisor?.[Symbol.asyncDispose]();
  supervisor = undefined;
  rmSync(dir, { recursive: true, force: true });
});

/** A unit whose container runs a supervisor with these files in its workload. */
async function unit(
  options: object = {},
  files: Readonly<Record<string, string>> = { 'scripts/start-worker.sh': sleeper },
): Promise<FakeJuju> {
  supervisor = await runSupervisor({ files });
  const containersDir = join(dir, 'containers');
  mkdirSync(join(containersDir), { recursive: true });
  symlinkSync(dirname(supervisor.spec.socket), join(containersDir, 'temporal-worker'));
  return new FakeJuju({ dir: join(dir, 'juju'), containersDir, config: { ...config, ...options } });
}

/** Dispatches until the status is as expected, as the unit's own tick would have it; fails after a minute. */
async function untilStatus(juju: FakeJuju, status: string): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (juju.status !== status && Date.now() < deadline) await juju.dispatch('temporal-worker-pebble-custom-notice');
  expect(juju.status).toBe(status);
}

async function pidOf(juju: RunningSupervisor): Promise<string | undefined> {
  const [service] = await juju.client.services(['temporal-worker']);
  return service?.['current-since'];
}

test('waits for Pebble without looking at anything else', async () => {
  const juju = new FakeJuju({
    dir: join(dir, 'juju'),
    containersDir: join(dir, 'nowhere'),
    config: { ...config, host: '' },
  });
  expect(await juju.dispatch('install')).toEqual({ code: 0, output: '' });
  expect(juju.takeWrites()).toEqual(['status-set waiting -- waiting for pebble api']);
});

test('starts the worker, and a second dispatch writes nothing and restarts nothing', async () => {
  const juju = await unit({ 'start-timeout': '5m' });
  expect(await juju.dispatch('temporal-worker-pebble-ready')).toEqual({ code: 0, output: '' });
  expect(juju.status).toBe('maintenance: starting worker');
  juju.setConfig(config);
  await untilStatus(juju, listening);
  juju.takeWrites();
  const started = await pidOf(supervisor!);
  const plan = await supervisor!.client.plan();
  for (const event of ['config-changed', 'update-status', 'some-event-of-tomorrow']) {
    expect(await juju.dispatch(event)).toEqual({ code: 0, output: '' });
  }
  expect(juju.takeWrites()).toEqual([]);
  expect(await supervisor!.client.plan()).toBe(plan);
  expect(await pidOf(supervisor!)).toBe(started);
});

test('a changed option restarts the worker; one of our own does not', async () => {
  const juju = await unit();
  await untilStatus(juju, listening);
  const started = await pidOf(supervisor!);
  juju.setConfig({ ...config, 'stop-timeout': '2s' });
  await juju.dispatch('config-changed');
  expect(await supervisor!.client.plan()).toContain('kill-delay: 2s');
  expect(await pidOf(supervisor!)).toBe(started);
  juju.setConfig({ ...config, queue: 'other' });
  await juju.dispatch('config-changed');
  await untilStatus(juju, "active: worker listening to namespace 'ns' on queue 'other'");
  expect(await pidOf(supervisor!)).not.toBe(started);
});

test('an unreachable host is waiting, whatever the worker thinks of it', async () => {
  const juju = await unit({ 'poller-evidence': 'auto' });
  await untilStatus(juju, "waiting: cannot reach Temporal at '127.0.0.1:1': connection refused");
  const checks = await supervisor!.client.checks({ names: ['look-again'] });
  expect(checks[0]?.status).not.toBe('inactive');
});

test('bad options block and leave the worker alone', async () => {
  const juju = await unit();
  await untilStatus(juju, listening);
  const started = await pidOf(supervisor!);
  juju.setConfig({ ...config, queue: '' });
  expect((await juju.dispatch('config-changed')).code).toBe(0);
  expect(juju.status).toBe('blocked: Invalid config: queue value missing');
  expect(await pidOf(supervisor!)).toBe(started);
});

test('a start script that is missing, and then not executable, blocks and heals', async () => {
  const juju = await unit({}, {});
  await juju.dispatch('config-changed');
  expect(juju.status).toMatch(/^blocked: cannot start worker: .*scripts\/start-worker\.sh/);
  const script = join(supervisor!.app, 'scripts/start-worker.sh');
  mkdirSync(dirname(script), { recursive: true });
  writeFileSync(script, sleeper);
  await untilStatus(
    juju,
    'blocked: cannot start worker: /app/scripts/start-worker.sh is not executable (chmod +x scripts/start-worker.sh, then supply the resource again)',
  );
  chmodSync(script, 0o755);
  await untilStatus(juju, listening);
});

test('the action restart gives its result, and fails with a reason where there is nothing to restart', async () => {
  const juju = await unit();
  expect((await juju.dispatch('actions/restart')).code).toBe(0);
  expect(juju.takeWrites()).toEqual([
    'action-fail -- cannot restart the worker: it has not been started yet (status tells when it runs)',
  ]);
  await untilStatus(juju, listening);
  const started = await pidOf(supervisor!);
  juju.takeWrites();
  await juju.dispatch('actions/restart');
  expect(juju.takeWrites()).toContain('action-set -- result=worker successfully restarted');
  expect(await pidOf(supervisor!)).not.toBe(started);
});
