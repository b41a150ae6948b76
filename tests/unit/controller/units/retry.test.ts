import { expect, test } from 'vitest';
import { interruptedDelayMs, retryDelayMs } from '../../../../src/controller/units/retry.ts';

test('a failed hook is tried again after 5 s, doubling to 5 min, with up to a tenth more', () => {
  expect([1, 2, 3, 6, 7, 50].map((failures) => retryDelayMs(failures, () => 0))).toEqual([
    5000, 10_000, 20_000, 160_000, 300_000, 300_000,
  ]);
  expect(retryDelayMs(1, () => 0.999)).toBe(5500);
});

test('a hook that was cut short runs again at once, and one that is cut short again and again waits', () => {
  expect([1, 2, 3, 30].map(interruptedDelayMs)).toEqual([0, 1000, 2000, 60_000]);
});
