import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isTrue, type Scope } from '../../../src/cli/query/evaluate.ts';
import { QueryError } from '../../../src/cli/query/lexer.ts';
import { type Expression, parseQuery } from '../../../src/cli/query/parser.ts';

const field = (name: string, value: () => Scope['fields'][string] extends () => infer V ? V : never) => ({
  [name]: value,
});
const unit = (name: string, status: string): Scope => ({
  kind: 'scope',
  what: 'unit',
  fields: { name: () => name, 'workload-status': () => status },
});
const scope: Scope = {
  kind: 'scope',
  what: 'application',
  fields: {
    name: () => 'worker',
    status: () => 'active',
    scale: () => 2,
    exposed: () => false,
    ...field('units', () => ({
      kind: 'scopes',
      scopes: { 'worker/0': unit('worker/0', 'active'), 'worker/1': unit('worker/1', 'waiting') },
    })),
    ...field('machines', () => ({ kind: 'scopes', scopes: {} })),
  },
};

test.each([
  ['status=="active"', true],
  ["status == 'active' && scale >= 2", true],
  ['status != "active" || scale < 3', true],
  ['!exposed && !(status == "x")', true],
  ['exposed || status == "x"', false],
  // && binds stronger than ||, comparison stronger than both.
  ['true || false && false', true],
  ['(true || false) && false', false],
  ['len(units) == 2', true],
  ['len(name) == 6', true],
  ['len(machines) == 0', true],
  ['startsWith(name, "work") && endsWith(name, "er")', true],
  ['forEach(units, unit => startsWith(unit.name, "worker/"))', true],
  ['forEach(units, unit => unit.workload-status=="active")', false],
  ['forEach(machines, m => true)', false],
  ['forEach(units, u => u.name != "worker/2" && status == "active")', true],
  ['units["worker/0"].workload-status == "active"', true],
  ['units', true],
  ['machines', false],
  ['scale == "2"', false],
  ['scale > 1.5', true],
  ['1 < 2;', true],
  // The right side is not looked at when the left one decides.
  ['false && nonsense == 1', false],
  ['true || nonsense == 1', true],
])('%s is %s', (query, expected) => {
  expect(isTrue(parseQuery(query), scope)).toBe(expected);
});

/** Any tree, and the text that means it. */
const constants = fc.oneof(
  fc.boolean().map((value) => [String(value), value] as const),
  fc.nat(1000).map((value) => [String(value), value] as const),
  fc.string({ maxLength: 8 }).map((value) => [`"${value.replace(/[\\"]/g, '\\$&')}"`, value] as const),
);
const trees = fc.letrec<{ tree: readonly [string, Omit<Expression, 'at'> & object] }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4 },
    constants.map(([text, value]) => [text, { kind: 'constant', value }] as const),
    fc.constantFrom('name', 'workload-status', 'a_b').map((name) => [name, { kind: 'field', name }] as const),
    fc
      .tuple(fc.constantFrom('&&', '||', '==', '!=', '<', '<=', '>', '>='), tie('tree'), tie('tree'))
      .map(
        ([operator, left, right]) =>
          [
            `(${left[0]}) ${operator}(${right[0]})`,
            { kind: 'infix', operator, left: left[1], right: right[1] },
          ] as const,
      ),
    tie('tree').map(([text, of]) => [`!(${text})`, { kind: 'not', of }] as const),
    fc
      .array(tie('tree'), { maxLength: 3 })
      .map(
        (args) =>
          [
            `len( ${args.map(([text]) => text).join(' ,')})`,
            { kind: 'call', name: 'len', args: args.map(([, node]) => node) },
          ] as const,
      ),
    tie('tree').map(([text, body]) => [`unit => ${text}`, { kind: 'lambda', parameter: 'unit', body }] as const),
    tie('tree').map(([text, of]) => [`(${text}).life`, { kind: 'member', of, name: 'life' }] as const),
  ),
})).tree;

test('reads back any expression that is written down', () => {
  fc.assert(
    fc.property(trees, ([text, tree]) => {
      expect(withoutPlaces(parseQuery(text))).toEqual(tree);
    }),
    { numRuns: 500 },
  );
});

test('answers any text with a value or with an error that has a place inside the text', () => {
  const words = fc.constantFrom(
    'name',
    'units',
    'forEach',
    'len',
    '(',
    ')',
    ',',
    '=>',
    '==',
    '&&',
    '||',
    '!',
    '.',
    '[',
    ']',
    '"a"',
    '1',
    'true',
    ' ',
    '=',
    '"',
    ';',
    'x',
  );
  const texts = fc.oneof(
    fc.string(),
    fc.array(words, { maxLength: 12 }).map((parts) => parts.join('')),
  );
  fc.assert(
    fc.property(texts, (text) => {
      try {
        expect(typeof isTrue(parseQuery(text), scope)).toBe('boolean');
      } catch (error) {
        if (!(error instanceof QueryError)) throw error;
        expect(error.at).toBeLessThanOrEqual(text.length);
      }
    }),
    { numRuns: 2000 },
  );
});

test('refuses a query that nests without end instead of running out of stack', () => {
  for (const text of ['('.repeat(100_000), '!'.repeat(100_000), 'a=>'.repeat(100_000)])
    expect(() => parseQuery(text)).toThrow('it nests too deep');
});

function withoutPlaces(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutPlaces);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, one]) => (key === 'at' ? [] : [[key, withoutPlaces(one)]])),
  );
}
