import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { goJson } from '../../../src/cli/json.ts';
import { goYaml } from '../../../src/cli/yaml.ts';

test.each([
  { name: 'plain text', value: 'active', text: 'active\n' },
  { name: 'text that reads as a number', value: '2', text: '"2"\n' },
  { name: 'a version', value: '24.04', text: '"24.04"\n' },
  { name: 'text that reads as a truth value', value: 'yes', text: '"yes"\n' },
  { name: 'text that reads as nothing', value: 'null', text: '"null"\n' },
  { name: 'empty text', value: '', text: '""\n' },
  {
    name: 'text with a colon',
    value: "config: invalid log level 'loud'",
    text: "'config: invalid log level ''loud'''\n",
  },
  { name: 'text with quotes', value: 'hook failed: "start"', text: '\'hook failed: "start"\'\n' },
  { name: 'a time', value: '2026-01-02 03:04:06 +0000 UTC', text: '2026-01-02 03:04:06 +0000 UTC\n' },
  { name: 'a port', value: '7233/tcp', text: '7233/tcp\n' },
  { name: 'a long line', value: 'word '.repeat(60).trim(), text: `${'word '.repeat(60).trim()}\n` },
  { name: 'an empty map', value: {}, text: '{}\n' },
  { name: 'an empty list', value: [], text: '[]\n' },
  { name: 'a list in a map', value: { a: ['b', { c: 1, d: 2 }] }, text: 'a:\n- b\n- c: 1\n  d: 2\n' },
  { name: 'several lines', value: { a: 'b\nc\n' }, text: 'a: |\n  b\n  c\n' },
  { name: 'several lines without an end', value: { a: 'b\nc' }, text: 'a: |-\n  b\n  c\n' },
  { name: 'several lines that begin with blanks', value: { a: '  b\nc\n' }, text: 'a: |2\n    b\n  c\n' },
  { name: 'nothing', value: { a: null }, text: 'a: null\n' },
])('writes $name as Go does', ({ value, text }) => {
  expect(goYaml(value)).toBe(text);
});

test('writes any value so that it reads back as it was', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 3, stringUnit: 'binary' }), (value) => {
      const clean = JSON.parse(JSON.stringify(value).replaceAll('__proto__', 'proto'));
      expect(parse(goYaml(clean), { version: '1.1' })).toEqual(clean);
      expect(JSON.parse(goJson(clean))).toEqual(clean);
    }),
    { numRuns: 500 },
  );
});
