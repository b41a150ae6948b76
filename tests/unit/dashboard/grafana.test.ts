import { expect, test } from 'vitest';
import { dashboard as workerDashboard } from '../../../charm/dashboards/dashboard.ts';
import { namedColour, paletteColour, stateColour } from '../../../src/dashboard/grafana/colour.ts';
import { readDashboard } from '../../../src/dashboard/grafana/dashboard.ts';
import { styleOf } from '../../../src/dashboard/grafana/field-style.ts';
import { interpolate } from '../../../src/dashboard/grafana/interpolate.ts';
import { seriesName, sharedLabels } from '../../../src/dashboard/grafana/legend.ts';
import { align, reduce, stack } from '../../../src/dashboard/grafana/series.ts';
import { tableOf } from '../../../src/dashboard/grafana/table.ts';
import {
  builtInVariables,
  formatDuration,
  parseDuration,
  parseTime,
  stepFor,
} from '../../../src/dashboard/grafana/time.ts';
import { formatValue } from '../../../src/dashboard/grafana/units.ts';
import { arrange, parseVariableQuery, readVariables, writtenOptions } from '../../../src/dashboard/grafana/variable.ts';

test.each([
  [0, '', '0'],
  [1234.5678, '', '1234.6'],
  [0.000012, '', '1.20e-5'],
  [Number.NaN, 's', 'NaN'],
  [Infinity, 's', '+Inf'],
  [0, 's', '0 s'],
  [0.0015, 's', '1.5 ms'],
  [90, 's', '1.5 min'],
  [7200, 's', '2 hours'],
  [3600, 's', '1 hour'],
  [250, 'ms', '250 ms'],
  [1500, 'ms', '1.5 s'],
  [1536, 'bytes', '1.5 KiB'],
  [2_500_000, 'decbytes', '2.5 MB'],
  [1500, 'short', '1.5 K'],
  [12, 'short', '12'],
  [0.25, 'percentunit', '25%'],
  [0.333333, 'ops', '0.333 ops/s'],
  [1, 'bool_yes_no', 'Yes'],
  [3, 'suffix:apples', '3 apples'],
  [3, 'something odd', '3 something odd'],
])('writes %d in unit %j as %s', (value, unit, text) => {
  expect(formatValue(value, unit)).toBe(text);
});

test('reads durations and times as Grafana writes them, and steps that people can read', () => {
  expect(['30s', '1h30m', '>10s', '100ms', 'x', ''].map(parseDuration)).toEqual([
    30_000,
    5_400_000,
    10_000,
    100,
    undefined,
    undefined,
  ]);
  expect([500, 15_000, 90_000, 3_600_000].map(formatDuration)).toEqual(['500ms', '15s', '1m30s', '1h']);
  const now = 1_800_000_000_000;
  expect(parseTime('now', now)).toBe(now);
  expect(parseTime('now-15m', now)).toBe(now - 900_000);
  expect(parseTime('1700000000000', now)).toBe(1_700_000_000_000);
  expect(parseTime('soon', now)).toBeUndefined();
  expect(stepFor(3_600_000, 400, 2000)).toBe(10_000);
  expect(stepFor(60_000, 400, 15_000)).toBe(15_000);
});

test('gives a rate four scrapes at least', () => {
  const range = { fromMs: 0, toMs: 3_600_000, stepMs: 10_000, scrapeMs: 15_000 };
  expect(builtInVariables(range)).toMatchObject({
    __rate_interval: '1m',
    __interval: '10s',
    __range: '1h',
    __range_s: '3600',
  });
  expect(builtInVariables({ ...range, stepMs: 120_000 }).__rate_interval).toBe('2m15s');
});

const several = { multi: true, includeAll: true, allValue: '' };
const chosen = (values: string[], variable: object = {}) => ({
  variable: { ...several, ...variable },
  values,
  options: ['a.b', 'c"d'],
});

test.each([
  ['x=~"$v"', ['a.b'], {}, 'x=~"a\\\\.b"'],
  ['x=~"$' + '{v}"', ['a.b', 'c"d'], {}, 'x=~"(a\\\\.b|c\\"d)"'],
  ['x=~"[[v]]"', ['$__all'], {}, 'x=~"(a\\\\.b|c\\"d)"'],
  ['x=~"$v"', ['$__all'], { allValue: '.*' }, 'x=~".*"'],
  ['x="$v"', ['c"} or up{x="'], { multi: false, includeAll: false }, 'x="c\\"} or up{x=\\""'],
  ['$' + '{v:csv}', ['a.b', 'e'], {}, 'a.b,e'],
  ['rate(x[$__rate_interval]) $other $1', [], {}, 'rate(x[1m]) $other $1'],
])('puts values into %s so that they stay values', (query, values, variable, result) => {
  expect(interpolate(query, { v: chosen(values, variable) }, { __rate_interval: '1m' })).toBe(result);
});

test('knows the queries of variables', () => {
  expect(parseVariableQuery('label_values(up{a="b,c"}, juju_unit)')).toEqual({
    ask: 'label_values',
    label: 'juju_unit',
    match: 'up{a="b,c"}',
  });
  expect(parseVariableQuery('label_values(job)')).toEqual({ ask: 'label_values', label: 'job', match: '' });
  expect(parseVariableQuery('query_result(sum(up))')).toEqual({ ask: 'query_result', expr: 'sum(up)' });
  expect(parseVariableQuery('drop table')).toBeUndefined();
  expect(arrange(['job-10', 'job-9', 'x', 'job-9'], { sort: 3 }, /job-(.*)/)).toEqual(['9', '10']);
  const [custom] = readVariables({
    list: [{ name: 'w', type: 'custom', query: '1m, five : 5m,a\\,b' }, { name: '<b>', type: 'custom' }, 7],
  });
  expect(writtenOptions(custom!)).toEqual([
    { text: '1m', value: '1m' },
    { text: 'five', value: '5m' },
    { text: 'a,b', value: 'a,b' },
  ]);
});

test('names series by format, and by the one label that tells them apart', () => {
  const [a, b] = [
    { __name__: 'm', unit: 'w/0', x: '1' },
    { __name__: 'm', unit: 'w/1', x: '1' },
  ];
  const shared = sharedLabels([a, b]);
  const target = (legendFormat: string) => ({ legendFormat, expr: 'm' });
  expect(seriesName(a, target('{{ unit }} of {{nothing}}'), shared)).toBe('w/0 of');
  expect(seriesName(b, target('__auto'), shared)).toBe('w/1');
  expect(seriesName(b, target(''), shared)).toBe('m{unit="w/1", x="1"}');
});

test('puts samples on common instants, with gaps where there is none', () => {
  const series = [
    {
      values: [
        [10, '1'],
        [20, 'NaN'],
        [30, '+Inf'],
      ] as [number, string][],
    },
    { values: [[20, '5']] as [number, string][] },
  ];
  const aligned = align(series, { fromMs: 10_000, toMs: 30_000, stepMs: 10_000 });
  expect(aligned).toEqual({
    seconds: [10, 20, 30],
    values: [
      [1, null, Infinity],
      [null, 5, null],
    ],
  });
  expect(
    stack([
      [1, null],
      [2, 3],
    ]),
  ).toEqual([
    [1, null],
    [3, 3],
  ]);
  expect(['lastNotNull', 'min', 'mean', 'sum', 'count', 'diff'].map((one) => reduce([4, null, 2], one))).toEqual([
    2, 2, 3, 6, 2, -2,
  ]);
  expect(reduce([null], 'max')).toBeNull();
});

test('makes one table of several queries, and orders, renames and leaves out columns', () => {
  const panel = readDashboard({
    panels: [
      {
        type: 'table',
        targets: [
          { refId: 'A', expr: 'a', format: 'table' },
          { refId: 'B', expr: 'b', format: 'table' },
        ],
        transformations: [
          { id: 'merge' },
          {
            id: 'organize',
            options: {
              excludeByName: { Time: true },
              indexByName: { unit: 0, 'Value #B': 1 },
              renameByName: { 'Value #A': 'Done', 'Value #B': 'Failed' },
            },
          },
          { id: 'sortBy', options: { sort: [{ field: 'Failed', desc: true }] } },
        ],
        fieldConfig: {
          overrides: [{ matcher: { id: 'byName', options: 'Value #A' }, properties: [{ id: 'unit', value: 'ms' }] }],
        },
      },
    ],
  }).panels[0]!;
  const series = (metric: Record<string, string>, value: string) => ({
    ...{ metric: { __name__: 'x', ...metric }, name: '', values: [[1, value]] as [number, string][] },
  });
  const table = tableOf(panel, [
    { target: panel.targets[0]!, series: [series({ unit: 'w/0' }, '5'), series({ unit: 'w/1' }, '6')] },
    { target: panel.targets[1]!, series: [series({ unit: 'w/1' }, '1')] },
  ]);
  expect(table.columns.map(({ name, style }) => [name, style.unit])).toEqual([
    ['unit', ''],
    ['Failed', ''],
    ['Done', 'ms'],
  ]);
  expect(table.rows).toEqual([
    ['w/0', null, 5],
    ['w/1', 1, 6],
  ]);
  expect(table.sortBy).toEqual({ column: 'Failed', down: true });
});

test('colours values by thresholds and mappings, and reads Grafana’s names of colours', () => {
  const [panel] = readDashboard({
    panels: [
      {
        type: 'stat',
        fieldConfig: {
          defaults: {
            thresholds: {
              steps: [
                { color: 'green', value: null },
                { color: 'dark-red', value: 10 },
              ],
            },
            mappings: [{ type: 'value', options: { 0: { text: 'Down', color: 'red' } } }],
          },
          overrides: [
            {
              matcher: { id: 'byRegexp', options: '/^p/' },
              properties: [{ id: 'color', value: { mode: 'fixed', fixedColor: '#abcdef' } }],
            },
          ],
        },
      },
    ],
  }).panels;
  const style = styleOf(panel!, { name: 'x', refId: 'A' });
  expect([0, 5, 10].map((value) => stateColour(value, style, 'dark'))).toEqual(
    ['red', 'green', 'red'].map((name) => namedColour(name, 'dark')),
  );
  expect(styleOf(panel!, { name: 'p95', refId: 'A' }).colour).toBe('#abcdef');
  expect(namedColour('url(javascript:alert(1))', 'light')).toBe(namedColour('text', 'light'));
  expect(paletteColour(10, 'light')).toBe(paletteColour(0, 'light'));
});

test.each([
  [null],
  [7],
  ['x'],
  [[]],
  [{ panels: 7 }],
  [{ panels: [null, 7, { targets: [7, { expr: 7 }], gridPos: { w: 1e9, x: -4 } }] }],
])('draws something of %j', (json) => {
  for (const { grid } of readDashboard(json).panels) {
    expect(grid.w).toBeLessThanOrEqual(24);
    expect(grid.x).toBeGreaterThanOrEqual(0);
  }
});

test('can draw every panel of the charm’s own dashboard', () => {
  const { title, panels, variables } = readDashboard(workerDashboard());
  expect(title).toBe('Temporal Worker SDK Metrics');
  expect(panels.length).toBeGreaterThan(20);
  expect(panels.filter(({ type }) => !['row', 'timeseries', 'stat', 'table', 'text'].includes(type))).toEqual([]);
  expect(panels.filter(({ type, targets }) => type !== 'row' && targets.length === 0)).toEqual([]);
  expect(variables.map(({ name }) => name)).toContain('juju_unit');
});
