import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { combineLayers } from '../../../../src/supervisor/plan/combine.ts';
import { splitWords } from '../../../../src/supervisor/plan/command-words.ts';
import { startOrder, stopOrder } from '../../../../src/supervisor/plan/order.ts';
import { parseLayer } from '../../../../src/supervisor/plan/parse-layer.ts';
import { renderPlan } from '../../../../src/supervisor/plan/render-plan.ts';
import type { Layer } from '../../../../src/supervisor/plan/types.ts';
import { emptyPlan } from '../../../../src/supervisor/plan/types.ts';

const text = fc
  .string({ minLength: 1, unit: 'grapheme' })
  .filter(
    (value) =>
      !/[\p{C}\p{Z}\u2028\u2029\ufeff]/u.test(value.replaceAll(/[ \n]/g, '')) &&
      value.trim() === value &&
      !value.includes('\n'),
  );
const service = fc.record(
  {
    override: fc.constantFrom('merge', 'replace'),
    command: fc.constantFrom('a', 'b c', "d 'e f'"),
    startup: fc.constantFrom('enabled', 'disabled'),
    environment: fc.dictionary(fc.stringMatching(/^[A-Za-z][A-Za-z0-9_]{0,5}$/), text, { minKeys: 1, maxKeys: 4 }),
    'kill-delay': fc.constantFrom('5s', '1m0s'),
    'user-id': fc.nat(10),
  },
  { requiredKeys: ['override', 'command'] },
);
const layer = fc
  .dictionary(fc.constantFrom('u', 'v', 'w'), service)
  .map((services): Layer => ({ label: 'l', order: 0, services, checks: {}, 'log-targets': {} }) as Layer);

describe('combining layers', () => {
  test('adding the same replacing layer twice is adding it once', () => {
    fc.assert(
      fc.property(layer, layer, (a, b) => {
        const replacing = {
          ...b,
          services: Object.fromEntries(
            Object.entries(b.services).map(([name, of]) => [name, { ...of, override: 'replace' }]),
          ),
        };
        expect(combineLayers([a, replacing, replacing])).toEqual(combineLayers([a, replacing]));
      }),
    );
  });

  test('is associative from the left, as a stack of layers must be', () => {
    fc.assert(
      fc.property(layer, layer, layer, (a, b, c) => {
        expect(combineLayers([combineLayers([a, b]), c]).services).toEqual(combineLayers([a, b, c]).services);
      }),
    );
  });

  test('changes none of its layers', () => {
    fc.assert(
      fc.property(layer, layer, (a, b) => {
        const before = structuredClone([a, b]);
        combineLayers([a, b]);
        expect([a, b]).toEqual(before);
      }),
    );
  });
});

test('a plan that was printed is read back as it was', () => {
  fc.assert(
    fc.property(layer, (a) => {
      const { services } = combineLayers([a]);
      const printed = renderPlan({ ...emptyPlan, services });
      expect(parseLayer('l', printed, { oneUser: false }).services).toEqual(services);
    }),
    { numRuns: 300 },
  );
});

test.each(['%secret', '!secret*', '!<secret'])('to print a plan shows nobody else the text %s', (value) => {
  const warned = vi.spyOn(process, 'emitWarning');
  const service = { override: 'replace', command: 'x', environment: { KEY: value } } as const;
  expect(renderPlan({ ...emptyPlan, services: { web: service } })).toContain(value);
  expect(warned).not.toHaveBeenCalled();
});

test.each([
  ['a b', ['a', 'b']],
  [`a 'b c' "d \\" e" f\\ g`, ['a', 'b c', 'd " e', 'f g']],
  [`a'b'"c"d`, ['abcd']],
  ['a # comment', ['a']],
  ['a b#c', ['a', 'b#c']],
  [`'' ""`, ['', '']],
  ['a\n\tb', ['a', 'b']],
])('%j splits as a shell would do it', (command, words) => {
  expect(splitWords(command)).toEqual(words);
});

test('starts what is required first, and stops it last', () => {
  const services = { a: { command: 'x' }, b: { command: 'x', after: ['a'], requires: ['a'] }, c: { command: 'x' } };
  expect(startOrder(services, ['b', 'c'])).toEqual([['a', 'b'], ['c']]);
  expect(stopOrder(services, ['a'])).toEqual([['b', 'a']]);
  expect(() => startOrder(services, ['constructor'])).toThrow('service "constructor" does not exist');
});
