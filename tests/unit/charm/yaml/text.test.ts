import { expect, test } from 'vitest';
import { valueText } from '../../../../charm/yaml/text.ts';
import { parseEnvironment } from '../../../../src/agent/environment-text.ts';

function textOf(yaml: string): string {
  const parsed = parseEnvironment(yaml);
  if (!parsed.ok || parsed.node === null) throw new Error(JSON.stringify(parsed));
  return valueText(parsed.node);
}

// The right-hand side is what PyYAML 6 and Pebble make of it.
test.each([
  ['42', '42'],
  ['1.50', '1.5'],
  ['1e3', '1e3'],
  ['1.0e+3', '1000.0'],
  ['0.00001', '1.0e-05'],
  ['100000000000000000.0', '1.0e+17'],
  ['true', 'true'],
  ['Yes', 'true'],
  ['off', 'false'],
  ['y', 'y'],
  ['n', 'n'],
  ['~', ''],
  ['null', ''],
  ['nUll', 'nUll'],
  ['010', '8'],
  ['0o10', '0o10'],
  ['0x1F', '31'],
  ['0b101', '5'],
  ['12:30:45', '45045'],
  ['1:30.5', '90.5'],
  ['1_000', '1000'],
  ['-0.0', '-0.0'],
  ['.inf', '.inf'],
  ['-.INF', '-.inf'],
  ['.NaN', '.nan'],
  ['2024-01-02', '2024-01-02'],
  ['2024-01-02T03:04:05Z', '2024-01-02 03:04:05+00:00'],
  ['2001-12-14 21:59:43.10 -5', '2001-12-14 21:59:43.100000-05:00'],
  ["'42'", '42'],
  ['"yes"', 'yes'],
  ['!!str 010', '010'],
  ['!!int "7"', '7'],
  ['123456789012345678901234567890', '123456789012345678901234567890'],
  ['|\n  line1\n  line2\n', 'line1\nline2\n'],
  ['>-\n  a\n  b\n', 'a b'],
])('reads %j as PyYAML does: %j', (yaml, text) => {
  expect(textOf(yaml)).toBe(text);
});

test.each([
  ['[a, 1, true, null, 1.0]', '["a", 1, true, null, 1.0]'],
  ['{b: 1, a: {x: [test1, "t 2"]}, empty: }', '{"b": 1, "a": {"x": ["test1", "t 2"]}, "empty": null}'],
  ['{1: intkey, true: boolkey}', '{"1": "boolkey"}'],
  ['[é ☃ 😀, "\\x7f"]', '["\\u00e9 \\u2603 \\ud83d\\ude00", "\\u007f"]'],
  ['[]', '[]'],
  ['{}', '{}'],
  ['[0.00001, .inf, .nan]', '[1e-05, Infinity, NaN]'],
  ['[2024-01-02]', '["2024-01-02"]'],
  ['[&a {x: 1, y: 2}, {<<: *a, y: 3}]', '[{"x": 1, "y": 2}, {"x": 1, "y": 3}]'],
  ['{a: 1, a: 2}', '{"a": 2}'],
])('writes %j as json.dumps does: %s', (yaml, text) => {
  expect(textOf(yaml)).toBe(text);
});
