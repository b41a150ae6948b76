import { expect, test } from 'vitest';
import { parseArguments } from '../../../src/pebble/commands/arguments.ts';
import { renderTable, renderTime } from '../../../src/pebble/commands/table.ts';

const rules = {
  follow: { short: 'f', long: 'follow' },
  n: { short: 'n', value: true },
  format: { long: 'format', value: true, choices: ['text', 'json'] },
};

test.each([
  [['-fn', '5', 'w'], true, '5', undefined, ['w']],
  [['w', '-n5', '--follow'], true, '5', undefined, ['w']],
  [['--format=json', '--', '-f'], false, undefined, 'json', ['-f']],
  [['--format', 'text', '-'], false, undefined, 'text', ['-']],
])('%j is taken apart', (argv, follow, n, format, positional) => {
  const args = parseArguments(argv, rules);
  expect([args.has('follow'), args.value('n'), args.value('format'), args.positional]).toEqual([
    follow,
    n,
    format,
    positional,
  ]);
});

test.each([
  [['--bar'], "unknown flag `bar'"],
  [['-x'], "unknown flag `x'"],
  [['-n'], "expected argument for flag `-n'"],
  [['--format=xml'], "Invalid value `xml' for option `--format'. Allowed values are: text or json"],
])('%j is refused', (argv, message) => {
  expect(() => parseArguments(argv, rules)).toThrow(message);
});

test('columns are as wide as their widest cell and two blanks, and at least five', () => {
  expect(
    renderTable([
      ['ID', 'Summary'],
      ['1', 'x'],
      ['123456', 'y'],
    ]),
  ).toBe('ID      Summary\n1       x\n123456  y\n');
  expect(
    renderTable([
      ['A', 'B'],
      ['1', '2'],
    ]),
  ).toBe('A    B\n1    2\n');
});

test.each([
  [0, /^today at \d\d:\d\d \S+$/],
  [1, /^yesterday at /],
  [5, /^5 days ago, at /],
  [90, /^\d{4}-\d\d-\d\d$/],
])('a time %i days ago is told for people', (days, pattern) => {
  const now = new Date('2026-11-21T12:00:00Z');
  const then = new Date(now.getTime() - days * 86_400_000).toISOString();
  expect(renderTime(then, { absolute: false, now })).toMatch(pattern);
  expect(renderTime('2026-11-21T12:00:00.123456Z', { absolute: true, now })).toBe('2026-11-21T12:00:00Z');
});
