import { expect, test } from 'vitest';
import { rows } from '../../../charm/dashboards/panels.ts';
import { type Histogram, quantile } from '../../../charm/metrics/promql.ts';
import { asSeries, hasPromtool, type InputSeries, minutes, promtool, recorded, recordings } from './promtool.ts';

const topology = 'juju_model="m",juju_model_uuid="u",juju_application="w",juju_unit="w/0"';
const up = { series: `up{${topology},juju_charm="temporal-worker-k8s"}`, values: `1x${minutes}` };

const queries = rows().flatMap(({ panels }) =>
  panels.flatMap(({ title, queries: each }) => each.map(({ expr, legend }) => ({ name: `${title}: ${legend}`, expr }))),
);

/** As Grafana asks when all of everything is chosen. */
function asked(expr: string): string {
  return expr.replaceAll('$__rate_interval', '5m').replaceAll(/\$juju_\w+/g, '.*');
}

/** Evaluates expressions after ten minutes, each of which gives one sample without labels. */
function evaluate(series: readonly InputSeries[], cases: readonly { readonly expr: string; readonly value: number }[]) {
  const promqlTests = cases.map(({ expr, value }) => ({
    expr,
    eval_time: `${minutes}m`,
    exp_samples: [{ labels: '{}', value }],
  }));
  const tests = [{ interval: '1m', input_series: series, promql_expr_test: promqlTests }];
  return promtool(['test', 'rules', 'test.json'], { 'test.json': { rule_files: [], tests } });
}

/** One when the expression has a sample that is a number, else nought. */
const hasData = (expr: string) => `(count((${expr}) == (${expr})) > bool 0) or vector(0)`;

test.runIf(hasPromtool).each(recordings)(
  'every query has data of a recorded %s worker, if that shows what it asks for',
  (recording) => {
    const samples = recorded(recording);
    const names = new Set(samples.map(({ name }) => name));
    const cases = queries.map(({ expr }) => {
      const wanted = [...expr.matchAll(/\b([a-z_]+)\{/g)].map(([, name = '']) => name);
      return { expr: hasData(asked(expr)), value: wanted.some((name) => name === 'up' || names.has(name)) ? 1 : 0 };
    });
    expect(cases.filter(({ value }) => value === 1).length).toBeGreaterThan(cases.length / 2);
    expect(evaluate([...asSeries(samples, topology), up], cases).said).toMatch(/SUCCESS/);
  },
);

test.runIf(hasPromtool)('between them the recorded workers show all that the SDK tells of a working day', () => {
  const names = new Set(recordings.flatMap((recording) => recorded(recording).map(({ name }) => name)));
  const silent = queries.filter(
    ({ expr }) => ![...expr.matchAll(/\b([a-z_]+)\{/g)].some(([, name = '']) => names.has(name)),
  );
  expect(silent.map(({ name }) => name)).toEqual([
    'Workers up: Workers up',
    'Worker up: {{juju_unit}}',
    'Certificates: {{juju_unit}} {{certificate}}',
    'Failed calls: {{operation}} {{status_code}}',
    'Cache hits, misses and evictions: {{juju_unit}} misses',
    'Memory: {{juju_unit}}',
    'Processor: {{juju_unit}}',
  ]);
});

const bounds = [50, 100, 500, 1000, 5000];
const shapes = [
  ['milliseconds without a suffix', '', 1],
  ['milliseconds with a suffix', '_milliseconds', 1],
  ['seconds with a suffix', '_seconds', 1000],
] as const;

test.runIf(hasPromtool).each(shapes)('a quantile of %s is told in seconds', (_, suffix, divisor) => {
  const id: Histogram = 'workflowTaskScheduleToStart';
  const name = `temporal_workflow_task_schedule_to_start_latency${suffix}_bucket`;
  // 100 a minute, spread evenly over the bounds.
  const series = [...bounds.map((bound) => bound / divisor), '+Inf'].map((le, index) => ({
    series: `${name}{le="${le}",${topology}}`,
    values: `0+${Math.min((index + 1) * 20, 100)}x${minutes}`,
  }));
  const scope = { matchers: 'juju_model="m"', range: '5m' };
  const cases = [
    { expr: quantile(id, scope, { share: 0.8, by: [] }), value: 1 },
    { expr: quantile(id, scope, { share: 0.2, by: [] }), value: 0.05 },
  ];
  expect(evaluate(series, cases).said).toMatch(/SUCCESS/);
});
