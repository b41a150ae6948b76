import { expect, test } from 'vitest';
import { ago, change, config, decide, facts, inState, now, running } from './facts.ts';

const since = ago(5000);
const listening = { name: 'active', message: "worker listening to namespace 'default' on queue 'q1'" } as const;

test.each([
  {
    name: 'a worker that drains',
    of: inState({
      service: { current: 'inactive', since: ago(1000) },
      changes: [change({ ready: false, began: now - 18_000 })],
    }),
    status: { name: 'maintenance', message: 'draining, 12 s left' },
  },
  {
    name: 'a process that a change is about to end',
    of: inState({
      service: { current: 'active', since: ago(60_000) },
      changes: [change({ ready: false, began: now })],
    }),
    status: { name: 'maintenance', message: 'draining, 30 s left' },
  },
  {
    name: 'a first start that is under way',
    of: inState({ service: { current: 'inactive', since: null }, changes: [change({ ready: false })] }),
    status: { name: 'maintenance', message: 'starting worker' },
  },
  {
    name: 'a worker that exited at once',
    of: inState({
      service: { current: 'backoff', since: ago(5000) },
      changes: [
        change({
          error:
            'cannot perform the following tasks:\n- Start service "temporal-worker" (service start attempt: exited quickly with code 3, will restart)',
        }),
      ],
    }),
    status: {
      name: 'waiting',
      message: 'worker exited with code 3 and is started again (its log says why: pebble logs temporal-worker)',
    },
  },
  {
    name: 'a worker that was killed',
    of: inState({ service: { current: 'backoff', since: ago(5000) } }),
    status: {
      name: 'waiting',
      message: 'worker died and is started again (its log says why: pebble logs temporal-worker)',
    },
  },
  {
    name: 'a worker that dies because the server is not there',
    of: inState({
      service: { current: 'backoff', since: ago(5000) },
      of: { server: { outcome: 'unreachable', why: 'connection refused' } },
    }),
    status: { name: 'waiting', message: "cannot reach Temporal at 'temporal.example:7233': connection refused" },
  },
  {
    name: 'a namespace that does not exist',
    of: running({ since, server: { outcome: 'namespace not found' } }),
    status: {
      name: 'blocked',
      message: "namespace 'default' not found at 'temporal.example:7233' (create it, or set option namespace)",
    },
  },
  {
    name: 'a worker that lives and polls nothing',
    of: running({ since: ago(20_000), server: { outcome: 'answered', pollers: [], began: now, ended: now } }),
    status: {
      name: 'waiting',
      message:
        "worker runs but does not poll: nobody listens to namespace 'default' on queue 'q1' (its log says why: pebble logs temporal-worker)",
    },
  },
  {
    name: 'a worker of whom nobody can tell, once it has lived for start-timeout',
    of: running({ since: ago(15_000), server: { outcome: 'unknown', why: 'the server denied the question' } }),
    status: { name: 'active', message: `${listening.message} — poller not verified: the server denied the question` },
  },
  {
    name: 'the same worker with poller-evidence=required',
    of: running({
      since: ago(15_000),
      config: config({ 'poller-evidence': 'required' }),
      server: { outcome: 'unknown', why: 'the server denied the question' },
    }),
    status: { name: 'waiting', message: 'poller not verified: the server denied the question' },
  },
  {
    name: 'a plan that Pebble refuses',
    of: facts({
      done: {
        layer: null,
        service: null,
        files: null,
        forwarding: null,
        written: [],
        disturbed: false,
        statuses: 0,
        refused: 'no such field',
      },
    }),
    status: { name: 'blocked', message: 'cannot configure the worker: Pebble refused the plan: no such field' },
  },
])('shows $name', ({ of, status }) => {
  expect(decide(of).desired.status).toEqual(status);
});
