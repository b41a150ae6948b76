import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ActionSpec } from '../../../../src/controller/api.ts';
import { checkParams } from '../../../../src/controller/methods/action-params.ts';

const spec = (more: Partial<ActionSpec>): ActionSpec => ({
  description: '',
  params: {},
  required: [],
  additionalProperties: false,
  ...more,
});

test('fills in defaults, also those of nested parameters', () => {
  const action = spec({
    params: {
      name: { type: 'string', default: 'world' },
      deep: { type: 'object', properties: { level: { type: 'integer', default: 2 } } },
    },
  });
  expect(checkParams('greet', action, { deep: {} })).toEqual({ name: 'world', deep: { level: 2 } });
});

test('names every parameter that does not fit', () => {
  const action = spec({
    params: {
      path: { type: 'string', minLength: 1 },
      count: { type: 'integer', minimum: 1 },
      kind: { enum: ['a', 'b'] },
      list: { type: 'array', items: { type: 'number' } },
    },
    required: ['path', 'key'],
  });
  expect(() => checkParams('act', action, { path: '', count: 1.5, kind: 'c', list: [1, 'x'], more: 1 })).toThrow(
    [
      'validation failed: (root) : key is required',
      '(root).path : must be at least 1 characters long',
      '(root).count : must be of type integer, given 1.5',
      '(root).kind : must be one of "a", "b"',
      '(root).list.1 : must be of type number, given "x"',
      '(root) : additional property "more" is not allowed',
    ].join('; '),
  );
});

test('takes what an action does not name only when it says so', () => {
  expect(checkParams('act', spec({ additionalProperties: true }), { more: 1 })).toEqual({ more: 1 });
  expect(() => checkParams('act', spec({}), { more: 1 })).toThrow('additional property "more" is not allowed');
});

test('refuses or returns, whatever the parameters and the schema are', () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.string(), fc.jsonValue()),
      fc.dictionary(fc.string(), fc.jsonValue()),
      (params, schemas) => {
        try {
          return typeof checkParams('act', spec({ params: schemas as Record<string, unknown> }), params) === 'object';
        } catch (error) {
          return (error as Error).message.startsWith('validation failed: ');
        }
      },
    ),
  );
});
