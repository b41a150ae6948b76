import fc from 'fast-check';
import { expect, test } from 'vitest';
import { durationProblem, formatDuration, parseDuration } from '../../../src/pebble/duration.ts';

test.each([
  ['1.5s', 1500, '1.5s'],
  ['90s', 90_000, '1m30s'],
  ['1h', 3_600_000, '1h0m0s'],
  ['168h', 604_800_000, '168h0m0s'],
  ['250ms', 250, '250ms'],
  ['500us', 0.5, '500µs'],
  ['-1m', -60_000, '-1m0s'],
  ['0', 0, '0s'],
  ['.5s', 500, '500ms'],
  ['1m1.5s', 61_500, '1m1.5s'],
])('%s is %d ms and prints as %s', (text, ms, normal) => {
  expect(parseDuration(text)).toBe(ms);
  expect(formatDuration(ms)).toBe(normal);
});

test.each(['', '5', '5x', 's', '1s2', ' 1s', '1,5s', '--1s'])('refuses "%s"', (text) => {
  expect(parseDuration(text)).toBeNull();
});

test.each([
  ['x', 'time: invalid duration "x"'],
  ['', 'time: invalid duration ""'],
  ['5', 'time: missing unit in duration "5"'],
  ['1h30', 'time: missing unit in duration "1h30"'],
  ['1d', 'time: unknown unit "d" in duration "1d"'],
  ['1e3s', 'time: unknown unit "e" in duration "1e3s"'],
])('says of "%s" what Go says', (text, problem) => {
  expect(durationProblem(text)).toBe(problem);
});

test('what is printed is read back', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 10 ** 9 }), (ms) => {
      expect(parseDuration(formatDuration(ms))).toBe(ms);
    }),
  );
});
