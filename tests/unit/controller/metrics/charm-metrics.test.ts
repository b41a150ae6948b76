import { expect, test } from 'vitest';
import { parseCharmMetrics } from '../../../../src/controller/metrics/charm-metrics.ts';

const one = { help: 'h', values: [{ labels: { a: 'b' }, value: 1 }] };

test('takes what a charm tells', () => {
  expect(parseCharmMetrics(JSON.stringify({ my_metric: one }))).toEqual({
    values: [{ name: 'my_metric', help: 'h', labels: { a: 'b' }, value: 1 }],
    refused: 0,
  });
});

test.each([
  { name: 'no JSON', text: '{' },
  { name: 'no object', text: '[1]' },
  { name: 'a name that is none', text: JSON.stringify({ 'my-metric': one }) },
  { name: 'a name of ours', text: JSON.stringify({ charmlet_dispatches_total: one }) },
  { name: 'no values', text: JSON.stringify({ my_metric: { help: 'h', values: 1 } }) },
  { name: 'a value that is no number', text: JSON.stringify({ my_metric: { help: 'h', values: [{ value: '1' }] } }) },
  {
    name: 'a label of ours',
    text: JSON.stringify({ my_metric: { help: 'h', values: [{ labels: { juju_unit: 'x/0' }, value: 1 }] } }),
  },
  {
    name: 'a label that is no text',
    text: JSON.stringify({ my_metric: { help: 'h', values: [{ labels: { a: {} }, value: 1 }] } }),
  },
  { name: 'nothing where a metric should be', text: JSON.stringify({ my_metric: null }) },
])('leaves out $name', ({ text }) => {
  expect(parseCharmMetrics(text)).toEqual({ values: [], refused: 1 });
});

test('takes a hundred values and no more', () => {
  const values = Array.from({ length: 150 }, (_, i) => ({ labels: { i: String(i) }, value: i }));
  const { values: taken, refused } = parseCharmMetrics(JSON.stringify({ many: { help: '', values } }));
  expect([taken.length, refused]).toEqual([100, 50]);
});
