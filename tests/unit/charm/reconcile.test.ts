import { expect, test } from 'vitest';
import { outlook } from '../../../charm/outlook.ts';
import { questions } from '../../../charm/questions.ts';
import { reconcile } from '../../../charm/reconcile.ts';
import { steps } from '../../../charm/steps.ts';
import type { Facts, Step, Workload } from '../../../charm/types.ts';
import { parseEnvironment } from '../../../src/agent/environment-text.ts';
import { ago, change, config, decide, facts, inState, now, running, workload } from './facts.ts';

const since = ago(5000);
const confirmed = { since, at: now - 1000, verified: true, why: '' };
const seenPoller = {
  outcome: 'answered',
  pollers: [{ identity: 'worker/0@cdac5656', lastAccess: now - 100 }],
  began: now - 10,
  ended: now,
} as const;
const listening = { name: 'active', message: "worker listening to namespace 'default' on queue 'q1'" } as const;

function todo(of: Facts): readonly Step[] {
  return steps(of, reconcile(of));
}

test('waits for Pebble before it looks at the options, as 1.0 does', () => {
  const desired = reconcile(facts({ workload: { known: false, why: 'ENOENT' }, config: config({ host: '' }) }));
  expect(desired.status).toEqual({ name: 'waiting', message: 'waiting for pebble api' });
});

test('adds the layer and replans when there is no plan yet', () => {
  expect(todo(facts()).map((step) => step.do)).toEqual(['add-layer', 'replan']);
});

test('has nothing to do, read or ask while the confirmed process runs on', () => {
  const unit = running({ since, memory: { confirmed }, over: { status: listening } });
  expect(questions(unit, outlook(unit), new Set())).toEqual([]);
  expect(todo(unit)).toEqual([]);
});

test('asks the server while the process is not confirmed, and when the confirmation is old', () => {
  const young = running({ since });
  expect(questions(young, outlook(young), new Set())).toEqual(['server']);
  const old = running({ since, memory: { confirmed: { ...confirmed, at: now - 61_000 } } });
  expect(questions(old, outlook(old), new Set())).toEqual(['server']);
});

test('asks for the processes only when no poller has our name and one may be ours', () => {
  const server = {
    outcome: 'answered',
    pollers: [{ identity: '7@h', lastAccess: now }],
    began: now,
    ended: now,
  } as const;
  const unit = running({ since, server });
  expect(questions(unit, outlook(unit), new Set(['server']))).toEqual(['processes']);
});

test('never asks the server with poller-evidence=off, and believes a process that has lived for start-timeout', () => {
  const off = config({ 'poller-evidence': 'off' });
  const young = running({ since, config: off });
  expect(questions(young, outlook(young), new Set())).toEqual([]);
  expect(decide(young).desired).toMatchObject({
    status: { name: 'maintenance', message: 'starting worker' },
    waitUntil: null,
    lookAgain: true,
  });
  expect(decide(running({ since: ago(15_000), config: off })).desired.status).toEqual(listening);
});

test('is active when the poller was seen, and puts the process into the plan', () => {
  const unit = running({ since, server: seenPoller });
  const { desired } = decide(unit);
  expect(desired.status).toEqual(listening);
  expect(desired.memory.confirmed).toEqual({ since, at: now, verified: true, why: '' });
  expect(desired.layer?.checks['worker-up']).toMatchObject({
    startup: 'enabled',
    exec: { command: expect.stringMatching(/ 2026-11-21T09:59:55Z$/) },
  });
  expect(steps(unit, desired).map((step) => step.do)).toEqual(['add-layer']);
});

test('does not believe the confirmation of an earlier process', () => {
  const unit = running({
    since,
    memory: { confirmed: { ...confirmed, since: ago(60_000) } },
    over: { status: listening },
  });
  const { desired } = decide(unit);
  expect(desired.status).toEqual({ name: 'maintenance', message: 'starting worker' });
  expect(desired.layer?.checks['worker-up']?.startup).toBe('disabled');
});

test('writes that it is no longer active before anything else', () => {
  const unit = running({ since, over: { status: listening } });
  const changed = { ...unit, config: config({ queue: 'q2' }), memory: { ...unit.memory, confirmed } };
  expect(todo(changed)[0]).toEqual({
    do: 'status-set',
    status: { name: 'maintenance', message: 'replanning application' },
  });
  expect(todo(changed).map((step) => step.do)).toEqual(['status-set', 'add-layer', 'replan']);
});

test('a change of stop-timeout reaches the plan and restarts nothing', () => {
  const unit = running({ since, memory: { confirmed }, over: { status: listening } });
  const changed = { ...unit, config: config({ 'stop-timeout': '1m' }) };
  expect(todo(changed).map((step) => step.do)).toEqual(['add-layer']);
});

test('a stop timeout that is told to the worker by hand reaches the plan too, and restarts nothing', () => {
  const told = (value: string) => {
    const text = `env: [{name: TEMPORAL_WORKER_STOP_TIMEOUT, value: ${value}}]`;
    return { config: config({ environment: text }), environment: parseEnvironment(text) };
  };
  const unit = running({ since, memory: { confirmed }, ...told('40s'), over: { status: listening, ...told('40s') } });
  expect(todo(unit)).toEqual([]);
  expect(todo({ ...unit, ...told('50s') }).map((step) => step.do)).toEqual(['add-layer']);
});

test('replans when others have changed the service', () => {
  const unit = running({ since, memory: { confirmed } });
  if (!unit.workload.known || !unit.workload.value.plan.known) throw new Error('unreachable');
  const { plan } = unit.workload.value;
  const service = { ...plan.value.services['temporal-worker']!, command: './other' };
  const value: Workload = {
    ...unit.workload.value,
    planTag: 'drifted',
    plan: { known: true, value: { ...plan.value, services: { 'temporal-worker': service } } },
  };
  expect(todo({ ...unit, workload: { known: true, value } }).map((step) => step.do)).toEqual(['add-layer', 'replan']);
});

test('does not add for ever a layer that another layer overrides', () => {
  const unit = facts();
  const seen = outlook(unit);
  const done = { ...unit.done, layer: seen?.layerTag ?? '', service: seen?.serviceTag ?? '', disturbed: true };
  expect(todo({ ...unit, done }).map((step) => step.do)).not.toContain('add-layer');
});

test('lets the earlier change drain the worker before it replans again', () => {
  const draining = inState({
    service: { current: 'inactive', since: ago(1000) },
    changes: [change({ ready: false, ended: null })],
  });
  const changed = { ...draining, config: config({ queue: 'q2' }) };
  expect(todo(changed).map((step) => step.do)).toEqual(['add-layer']);
});

const forkError =
  'cannot perform the following tasks:\n- Start service "temporal-worker" (cannot start service: fork/exec ./app/scripts/start-worker.sh: permission denied)';

test.each([
  {
    script: 'missing',
    message:
      'cannot start worker: no /app/scripts/start-worker.sh in the workload (give temporal-worker-image a scripts/start-worker.sh)',
  },
  {
    script: 'not executable',
    message:
      'cannot start worker: /app/scripts/start-worker.sh is not executable (chmod +x scripts/start-worker.sh, then supply the resource again)',
  },
] as const)('blocks on a start script that is $script, and does not try again', ({ script, message }) => {
  const failed = change({ error: forkError, ended: now - 60_000 });
  const unit = inState({
    service: { current: 'inactive', since: null },
    changes: [failed],
    script: { known: true, value: script },
  });
  expect(decide(unit).desired).toMatchObject({ status: { name: 'blocked', message }, start: false, lookAgain: true });
});

test('tries again when the script has become runnable, but not all the time', () => {
  const script = { known: true, value: 'runnable' } as const;
  const at = (ended: number) =>
    inState({ service: { current: 'inactive', since: null }, changes: [change({ error: forkError, ended })], script });
  expect(decide(at(now - 1000)).desired.start).toBe(false);
  expect(decide(at(now - 5000)).desired.start).toBe(true);
  expect(todo(at(now - 5000)).map((step) => step.do)).toEqual(['replan']);
});

test('starts nothing and says nothing while the unit leaves', () => {
  const unit = facts({ leaving: true });
  expect(todo(unit)).toEqual([]);
  expect(reconcile(unit).status).toBeNull();
});

test('waits for a young process until start-timeout, but not beyond the dispatch', () => {
  expect(decide(running({ since })).desired.waitUntil).toBe(now + 10_000);
  expect(decide(running({ since, over: { dispatchBegan: now - 14_000 } })).desired.waitUntil).toBe(now + 1000);
  expect(decide(running({ since: ago(16_000) })).desired.waitUntil).toBeNull();
});

test('does not wait for a server that is not there', () => {
  expect(decide(running({ since, server: { outcome: 'unreachable', why: 'x' } })).desired.waitUntil).toBeNull();
});

test('writes the status once before a wait, and pauses', () => {
  const unit = running({ since });
  expect(todo(unit)).toEqual([
    { do: 'status-set', status: { name: 'maintenance', message: 'starting worker' } },
    { do: 'pause', ms: 250 },
  ]);
  expect(todo({ ...unit, done: { ...unit.done, statuses: 1 } })).toEqual([{ do: 'pause', ms: 250 }]);
});

test('starts the tick at the end of a dispatch that is not final, and stops it when it is', () => {
  const waiting = running({ since: ago(20_000), server: { outcome: 'unreachable', why: 'connection refused' } });
  expect(todo(waiting)).toContainEqual({ do: 'start-check', check: 'look-again' });
  const ticking = { known: true, value: workload({ checks: { 'look-again': 'up' } }) } as const;
  const final = running({ since, memory: { confirmed }, over: { workload: ticking } });
  expect(todo(final)).toContainEqual({ do: 'stop-check', check: 'look-again' });
});

test('says once in the log why a poller is not verified', () => {
  const unit = running({ since: ago(15_000), server: { outcome: 'unknown', why: 'denied' } });
  expect(decide(unit).desired.notes).toEqual(['poller not verified why="denied"']);
  expect(
    decide({ ...unit, stored: { ...unit.stored, confirmed: { ...confirmed, why: 'denied' } } }).desired.notes,
  ).toEqual([]);
});

test('equal facts give equal answers', () => {
  const unit = running({ since, server: seenPoller });
  expect(reconcile(structuredClone(unit))).toEqual(reconcile(unit));
});
