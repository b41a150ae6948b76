import { expect, test } from 'vitest';
import { evidence } from '../../../charm/evidence.ts';
import { healthPlace } from '../../../charm/health.ts';
import { readInputs } from '../../../charm/inputs.ts';
import { outlook } from '../../../charm/outlook.ts';
import { questions } from '../../../charm/questions.ts';
import { reconcile } from '../../../charm/reconcile.ts';
import type { Facts, HealthAnswer, ServerAnswer } from '../../../charm/types.ts';
import { parseEnvironment } from '../../../src/agent/environment-text.ts';
import { ago, config, facts, now, running } from './facts.ts';

const since = ago(3000);
const denied: ServerAnswer = { outcome: 'unknown', why: 'the server denied the question: no' };
const told = 'env: [{name: TEMPORAL_WORKER_HEALTH_ADDRESS, value: "8080"}]';

const healthy = {
  outcome: 'answered',
  identity: 'worker/0@cdac5656',
  startedAt: now - 2000,
  polls: true,
  why: '',
} as const;

/** A worker of three seconds that was told to serve its health, beside a server that denies the question. */
function worker(health: HealthAnswer, over: Partial<Facts> = {}): Facts {
  return running({
    since,
    config: config({ environment: told }),
    server: denied,
    over: { environment: parseEnvironment(told), health, ...over },
  });
}

test.each([
  { name: 'a port alone', value: '8080', place: { host: '127.0.0.1', port: 8080 } },
  { name: 'all addresses', value: '0.0.0.0:8080', place: { host: '127.0.0.1', port: 8080 } },
  { name: 'all addresses of IPv6', value: '[::]:8080', place: { host: '::1', port: 8080 } },
  { name: 'one address', value: '10.1.2.3:8080', place: { host: '10.1.2.3', port: 8080 } },
  { name: 'no address', value: 'nonsense', place: null },
])('health is asked for where the worker was told to serve it: $name', ({ value, place }) => {
  const text = `env: [{name: TEMPORAL_WORKER_HEALTH_ADDRESS, value: "${value}"}]`;
  const unit = facts({ config: config({ environment: text }), environment: parseEnvironment(text) });
  expect(healthPlace(unit, readInputs(unit))).toEqual(place);
});

test('a port alone is at the own address of a unit that shares its machine with others', () => {
  const unit = worker({ outcome: 'not asked' });
  const own = { ...unit, memory: { ...unit.memory, address: '127.7.0.1' } };
  expect(healthPlace(own, readInputs(own))).toEqual({ host: '127.7.0.1', port: 8080 });
});

test('health may be served beside the metrics of the workload, and is nowhere else', () => {
  const with9100 = facts({ config: config({ 'workload-prometheus-port': 9100 }) });
  expect(healthPlace(with9100, readInputs(with9100))).toEqual({ host: '127.0.0.1', port: 9100 });
  expect(healthPlace(facts(), readInputs(facts()))).toBeNull();
});

test('the worker is asked only where the server does not tell', () => {
  const asked = (server: ServerAnswer) => {
    const unit = worker({ outcome: 'not asked' }, { server });
    return questions(unit, outlook(unit), new Set()).includes('health');
  };
  expect(asked({ outcome: 'not asked' })).toBe(false);
  expect(asked({ outcome: 'answered', pollers: [], began: now, ended: now })).toBe(false);
  expect(asked({ outcome: 'unreachable', why: 'connection refused' })).toBe(false);
  expect(asked(denied)).toBe(true);
  const silent = running({ since, server: denied });
  expect(questions(silent, outlook(silent), new Set())).not.toContain('health');
});

test('a worker that says it polls is active as verified, at once', () => {
  const { status, memory } = reconcile(worker(healthy));
  expect(status).toEqual({ name: 'active', message: "worker listening to namespace 'default' on queue 'q1'" });
  expect(memory.confirmed).toMatchObject({ since, verified: true, why: '' });
});

test('a worker that says it does not poll is not active, however long it lives, and its reason is shown', () => {
  const unit = worker({ ...healthy, polls: false, why: 'polls are refused: PERMISSION_DENIED' });
  const later = { ...unit, now: now + 60_000 };
  expect(reconcile(later).status).toEqual({
    name: 'waiting',
    message:
      'worker runs but does not poll: polls are refused: PERMISSION_DENIED (its log says why: pebble logs temporal-worker)',
  });
});

test.each([
  { name: 'another unit', over: { identity: 'worker/1@cdac5656' } },
  { name: 'a process of before', over: { startedAt: now - 4000 } },
  { name: 'a worker that does not know either', over: { polls: null } },
])('health of $name proves nothing', ({ over }) => {
  expect(evidence(worker({ ...healthy, ...over }), since)).toMatchObject({ kind: 'unknown' });
});

test('what the server says goes before what the worker says', () => {
  const server: ServerAnswer = { outcome: 'answered', pollers: [], began: now - 20, ended: now };
  expect(evidence(worker(healthy, { server }), since)).toEqual({ kind: 'not seen' });
});
