import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nextBackoffMs, withJitter } from '../../../../src/supervisor/services/backoff.ts';
import { type Life, type ServiceEvent, statusOf, transition } from '../../../../src/supervisor/services/state.ts';

const action = fc.constantFrom('restart', 'shutdown', 'success-shutdown', 'failure-shutdown', 'ignore');
const event = fc.oneof(
  fc
    .constantFrom(
      'start',
      'start-failed',
      'start-aborted',
      'okay-delay-elapsed',
      'stop',
      'kill-delay-elapsed',
      'fail-delay-elapsed',
      'backoff-elapsed',
    )
    .map((type) => ({ type })),
  fc.record({ type: fc.constant('exited'), code: fc.constantFrom(0, 1, 137), action }),
  fc.record({ type: fc.constant('check-failed'), action }),
) as fc.Arbitrary<ServiceEvent>;

/** Plays events on a service whose process behaves: it lives from a spawn to its exit. */
function play(events: readonly ServiceEvent[], see: (life: Life, processes: number, waiting: number) => void): void {
  let life: Life = { state: 'initial', restarting: false };
  let processes = 0;
  let waiting = 0;
  for (const next of events) {
    if (next.type === 'exited' && processes === 0) continue;
    if (next.type === 'start-failed') continue;
    if (next.type === 'exited') processes -= 1;
    const step = transition(life, next);
    life = step.life;
    const noted = step.effects.some((effect) => effect.do === 'note' || effect.do === 'refuse');
    if ((next.type === 'start' || next.type === 'stop') && !noted) waiting += 1;
    for (const effect of step.effects) {
      if (effect.do === 'spawn') processes += 1;
      if (effect.do === 'report-start' || effect.do === 'report-stop') waiting -= 1;
    }
    see(life, processes, waiting);
  }
}

describe('the life of a service', () => {
  test('never has two processes unless one could not be killed', () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 40 }), (events) => {
        const given = events.filter(({ type }) => type !== 'fail-delay-elapsed' && type !== 'start-aborted');
        play(given, (_, processes) => expect(processes).toBeLessThanOrEqual(1));
      }),
      { numRuns: 2000 },
    );
  });

  test('is active exactly while it has a process that nobody stops', () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 40 }), (events) => {
        const given = events.filter(({ type }) => type !== 'fail-delay-elapsed' && type !== 'start-aborted');
        play(given, (life, processes) => {
          if (statusOf(life.state) === 'active') expect(processes).toBe(1);
          if (['backoff', 'exited', 'stopped', 'initial'].includes(life.state)) expect(processes).toBe(0);
        });
      }),
      { numRuns: 2000 },
    );
  });

  test('is told that a service that stops for a restart shall stop for good', () => {
    const stopping = transition({ state: 'terminating', restarting: true }, { type: 'stop' });
    expect(transition(stopping.life, { type: 'exited', code: 0, action: 'restart' }).life.state).toBe('stopped');
  });

  test.each([
    ['starting', 3, 'restart', 'backoff', 'exited quickly with code 3, will restart'],
    ['starting', 0, 'ignore', 'stopped', 'exited quickly with code 0, will ignore'],
    ['running', 3, 'ignore', 'exited', undefined],
    ['running', 0, 'shutdown', 'exited', undefined],
  ] as const)('%s, exit code %i, %s: %s', (state, code, action, after, error) => {
    const step = transition({ state, restarting: false }, { type: 'exited', code, action });
    expect(step.life.state).toBe(after);
    expect(step.effects.find((effect) => effect.do === 'report-start')).toEqual(error && { do: 'report-start', error });
  });
});

test('the delay before a restart grows by the factor up to the limit, with a tenth of jitter at most', () => {
  const rule = { delayMs: 500, factor: 2, limitMs: 30_000 };
  let ms = 0;
  const delays = Array.from({ length: 9 }, () => {
    ms = nextBackoffMs(rule, ms);
    return ms;
  });
  expect(delays).toEqual([500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
  expect([withJitter(1000, 0), withJitter(1000, 1)]).toEqual([1000, 1100]);
});
