import { expect, test } from 'vitest';
import { modelOptions, parseGoDuration } from '../../../../src/controller/config/model-options.ts';

test.each([
  ['5m', 300_000],
  ['1h30m', 5_400_000],
  ['1.5s', 1500],
  ['250ms', 250],
  ['0', 0],
  ['', null],
  ['5', null],
  ['5 m', null],
  ['-5m', null],
])('the duration %j is %j ms', (text, ms) => {
  expect(parseGoDuration(text)).toBe(ms);
});

test.each([
  ['60m', undefined],
  ['30s', 'update status hook frequency 30s cannot be less than 1m'],
  ['2h', 'update status hook frequency 2h cannot be greater than 60m'],
  ['soon', 'invalid update status hook interval in model configuration: time: invalid duration "soon"'],
])('update-status every %j', (text, problem) => {
  expect(modelOptions['update-status-hook-interval']?.refuse?.(text)).toBe(problem);
});
