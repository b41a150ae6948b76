import { expect, test } from 'vitest';
import { jsonProblem } from '../../../src/supervisor/json-problem.ts';

test.each([
  ['hunter2', "Unexpected token 'h'"],
  [`{"layer": ${'x'.repeat(30)} hunter2 ${'x'.repeat(30)}}`, "Unexpected token 'x'"],
  ['{"a": "hunter2', 'Unterminated string in JSON at position 14 (line 1 column 15)'],
  ['', 'Unexpected end of JSON input'],
])('says why %j is no JSON and quotes nothing of it', (text, why) => {
  let thrown: unknown;
  try {
    JSON.parse(text);
  } catch (error) {
    thrown = error;
  }
  expect(jsonProblem(thrown)).toBe(why);
});
