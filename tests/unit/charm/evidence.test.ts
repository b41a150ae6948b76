import { expect, test } from 'vitest';
import { clockOffset, observeClock } from '../../../charm/clock.ts';
import { evidence, rememberLook } from '../../../charm/evidence.ts';
import type { Facts, Memory, Poller, ServerAnswer } from '../../../charm/types.ts';
import { ago, facts, now, workload } from './facts.ts';

const ours = 'worker/0@cdac5656';
const since = ago(10_000);

function answered(pollers: readonly Poller[]): ServerAnswer {
  return { outcome: 'answered', pollers, began: now - 20, ended: now };
}

function looking(
  pollers: readonly Poller[],
  over: Partial<Facts> & { readonly remembered?: Partial<Memory> } = {},
): Facts {
  const { remembered, ...rest } = over;
  const bare = facts(rest);
  return { ...bare, memory: { ...bare.memory, ...remembered }, server: answered(pollers) };
}

test('a poller of ours that asked after the process began is seen', () => {
  expect(evidence(looking([{ identity: ours, lastAccess: now - 9000 }]), since)).toEqual({ kind: 'seen' });
});

test('a poller that a killed process has left behind is not seen', () => {
  expect(evidence(looking([{ identity: ours, lastAccess: now - 11_000 }]), since)).toEqual({ kind: 'not seen' });
});

test('pollers of other units, other models and other names prove nothing', () => {
  const others = ['worker/1@cdac5656', 'worker/0@00000000', 'worker/01@cdac5656', 'someone'];
  const pollers = others.map((identity) => ({ identity, lastAccess: now }));
  expect(evidence(looking(pollers), since)).toEqual({ kind: 'not seen' });
});

test('a poller that stopped asking minutes ago is not seen any more', () => {
  const hung = looking([{ identity: ours, lastAccess: now - 200_000 }]);
  expect(evidence(hung, ago(3_600_000))).toEqual({ kind: 'not seen' });
});

test("a poller under the SDK's own name is ours when its process is", () => {
  const processes = { known: true, value: { pids: [12, 40], hostname: 'worker-0' } } as const;
  const at = (identity: string) =>
    evidence(
      looking([{ identity, lastAccess: now }], { workload: { known: true, value: workload({ processes }) } }),
      since,
    );
  expect(at('12@worker-0')).toEqual({ kind: 'seen' });
  expect(at('40@worker-0.worker-endpoints.default')).toEqual({ kind: 'seen' });
  expect(at('13@worker-0')).toEqual({ kind: 'not seen' });
  expect(at('12@worker-1')).toEqual({ kind: 'not seen' });
});

test('a poller that may be ours is unknown where the processes cannot be read', () => {
  const processes = { known: false, why: 'cannot find executable "sh"' } as const;
  const seen = looking([{ identity: '12@host', lastAccess: now }], {
    workload: { known: true, value: workload({ processes }) },
  });
  expect(evidence(seen, since)).toEqual({ kind: 'unknown', why: 'cannot find executable "sh"' });
});

test('an unreachable server is unknown behind a proxy, for the worker may have another way', () => {
  const server = { outcome: 'unreachable', why: 'connection refused' } as const;
  expect(evidence(facts({ server }), since)).toEqual({ kind: 'unreachable', why: 'connection refused' });
  const proxies = { http: '', https: 'http://p', no: '' };
  expect(evidence(facts({ server, proxies }), since)).toEqual({ kind: 'unknown', why: 'connection refused' });
});

test('with a server clock that is behind, news since an earlier look is proof, and tells the clock', () => {
  const behind = -3_600_000;
  const first = looking([{ identity: ours, lastAccess: now - 60_000 + behind }]);
  expect(evidence(first, since)).toEqual({ kind: 'not seen' });
  const second = looking([{ identity: ours, lastAccess: now - 100 + behind }], {
    remembered: rememberLook(first, since),
  });
  expect(evidence(second, since)).toEqual({ kind: 'seen' });
  const third = looking([{ identity: ours, lastAccess: now - 50 + behind }], {
    remembered: rememberLook(second, since),
  });
  expect(clockOffset(third.memory.clock)).toBeLessThan(behind + 1000);
  expect(evidence(third, since)).toEqual({ kind: 'seen' });
});

test('with a server clock that is ahead, an old poller is not taken for a new one', () => {
  const ahead = 3_600_000;
  const other = { identity: 'other', lastAccess: now - 20 + ahead };
  const look = looking([{ identity: ours, lastAccess: now - 11_000 + ahead }, other]);
  expect(evidence(look, since)).toEqual({ kind: 'not seen' });
});

test('a look that taught nothing new leaves the memory as it was', () => {
  const look = looking([{ identity: ours, lastAccess: now - 100 }]);
  const first = { ...look, memory: { ...look.memory, ...rememberLook(look, since) } };
  expect(rememberLook({ ...first, now: now + 250 }, since)).toEqual({
    looked: first.memory.looked,
    clock: first.memory.clock,
  });
});

test('bounds of the clock that contradict each other give way to the newest', () => {
  const old = { atLeast: 5000, atMost: 6000, at: now - 1000 };
  const seen = observeClock(old, { now, lastAccess: null, ended: now, news: { access: now, after: now - 300 } });
  expect(seen).toEqual({ atLeast: null, atMost: 300, at: now });
});

test('no bounds mean no offset', () => {
  expect(clockOffset(null)).toBe(0);
  expect(clockOffset({ atLeast: -50, atMost: 400, at: now })).toBe(0);
  expect(clockOffset({ atLeast: 2000, atMost: null, at: now })).toBe(2000);
  expect(clockOffset({ atLeast: null, atMost: -2000, at: now })).toBe(-2000);
});
