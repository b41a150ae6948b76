import { expect, test } from 'vitest';
import { alertRules } from '../../../charm/alert-rules/alert-rules.ts';
import { hasPromtool, type InputSeries, promtool } from './promtool.ts';

const topology = {
  model: 'm',
  modelUuid: 'cdac5656-2423-4388-8f30-41854b4cca7d',
  application: 'worker',
  unit: 'worker/0',
};
const rules = alertRules(topology);
const labels = `juju_model="m",juju_model_uuid="${topology.modelUuid}",juju_application="worker",juju_unit="worker/0"`;
const all = `${labels},namespace="default",task_queue="q"`;
const up = { series: `up{${labels}}`, values: '1x60' };

/** What promtool says of the expectation that these alerts, and no others, fire after so many minutes. */
function firing(series: readonly InputSeries[], { alerts, at }: { alerts: readonly string[]; at: number }): string {
  const fire = {
    expr: 'count by (alertname) (ALERTS{alertstate="firing"})',
    eval_time: `${at}m`,
    exp_samples: alerts.map((name) => ({ labels: `{alertname="${name}"}`, value: 1 })),
  };
  const tests = [{ interval: '1m', input_series: series, promql_expr_test: [fire] }];
  const files = { 'rules.json': rules, 'test.json': { rule_files: ['rules.json'], evaluation_interval: '1m', tests } };
  return promtool(['test', 'rules', 'test.json'], files).said;
}

function histogram(name: string, bounds: readonly number[], slow: boolean): readonly InputSeries[] {
  return [...bounds, '+Inf'].map((le, index) => ({
    series: `${name}_bucket{le="${le}",${all}}`,
    values: slow && index < bounds.length - 1 ? '0x60' : '0+10x60',
  }));
}

const latency = 'temporal_workflow_task_schedule_to_start_latency';
const failed = 'temporal_workflow_task_execution_failed';
const nothing = '_ '.repeat(20);

test.runIf(hasPromtool)('promtool finds nothing wrong with the rules', () => {
  const { code, said } = promtool(['check', 'rules', 'rules.json'], { 'rules.json': rules });
  expect([code, said]).toEqual([0, expect.stringContaining('7 rules found')]);
});

test.runIf(hasPromtool).each<[string, readonly InputSeries[], readonly string[]]>([
  [
    'a worker that is well',
    [up, { series: `temporal_num_pollers{poller_type="workflow_task",${all}}`, values: '5x60' }],
    [],
  ],
  ['a worker that is not there', [{ series: `up{${labels}}`, values: '1x10 0x50' }], ['TemporalWorkerDown']],
  [
    'a worker that answers at one of two places',
    [
      { series: `up{job="sdk",${labels}}`, values: '1x60' },
      { series: `up{job="own",${labels}}`, values: '0x60' },
    ],
    [],
  ],
  [
    "another application's worker that is not there",
    [{ series: 'up{juju_model="m",juju_application="other",juju_unit="other/0"}', values: '0x60' }],
    [],
  ],
  [
    'no pollers',
    ['workflow_task', 'sticky_workflow_task', 'activity_task'].map((type) => ({
      series: `temporal_num_pollers{poller_type="${type}",${all}}`,
      values: '5x10 0x50',
    })),
    ['TemporalWorkerPollersDisconnected'],
  ],
  [
    'no activity pollers alone',
    [
      { series: `temporal_num_pollers{poller_type="activity_task",${all}}`, values: '0x60' },
      { series: `temporal_num_pollers{poller_type="workflow_task",${all}}`, values: '2x60' },
    ],
    [],
  ],
  ['slow tasks in milliseconds', histogram(latency, [1000, 5000, 10_000], true), ['TemporalWorkerTasksQueueUp']],
  [
    'slow tasks in named milliseconds',
    histogram(`${latency}_milliseconds`, [1000, 5000, 10_000], true),
    ['TemporalWorkerTasksQueueUp'],
  ],
  ['slow tasks in seconds', histogram(`${latency}_seconds`, [1, 5, 10], true), ['TemporalWorkerTasksQueueUp']],
  ['quick tasks in milliseconds', histogram(latency, [1000, 5000, 10_000], false), []],
  ['quick tasks in seconds', histogram(`${latency}_seconds`, [1, 5, 10], false), []],
  [
    'a first non-determinism error',
    [up, { series: `${failed}{failure_reason="NonDeterminismError",${all}}`, values: `${nothing}1x40` }],
    ['TemporalWorkerNonDeterminismError'],
  ],
  [
    'further non-determinism errors',
    [up, { series: `${failed}_total{failure_reason="NonDeterminismError",${all}}`, values: '1x19 2+1x40' }],
    ['TemporalWorkerNonDeterminismError'],
  ],
  [
    'an old non-determinism error',
    [up, { series: `${failed}{failure_reason="NonDeterminismError",${all}}`, values: '3x60' }],
    [],
  ],
  [
    'another failure of workflow code',
    [up, { series: `${failed}_total{failure_reason="WorkflowError",${all}}`, values: '0+1x60' }],
    [],
  ],
  [
    'a message that is too large',
    [up, { series: `${failed}_total{failure_reason="GrpcMessageTooLarge",${all}}`, values: `${nothing}1x40` }],
    ['TemporalWorkerGrpcMessageTooLarge'],
  ],
  [
    'starts that are throttled',
    [
      up,
      {
        series: `temporal_request_failure_total{status_code="RESOURCE_EXHAUSTED",operation="StartWorkflowExecution",${all}}`,
        values: '0+1x60',
      },
    ],
    ['TemporalWorkerCallsThrottled'],
  ],
  [
    'starts that are throttled, without a suffix',
    [
      up,
      {
        series: `temporal_request_failure{status_code="RESOURCE_EXHAUSTED",operation="SignalWorkflowExecution",${all}}`,
        values: `${nothing}1x40`,
      },
    ],
    ['TemporalWorkerCallsThrottled'],
  ],
  [
    'answers that are throttled',
    [
      up,
      {
        series: `temporal_request_failure{status_code="RESOURCE_EXHAUSTED",operation="RespondWorkflowTaskCompleted",${all}}`,
        values: '0+1x60',
      },
    ],
    [],
  ],
  [
    'a certificate that ends in a day',
    [
      {
        series: `temporal_worker_certificate_expiry_timestamp_seconds{certificate="client",${labels}}`,
        values: '86400x60',
      },
    ],
    ['TemporalWorkerCertificateExpiry'],
  ],
  [
    'a certificate that ends in a day, as the worker kit tells it',
    [{ series: `temporal_worker_kit_certificate_expiry_timestamp_seconds{${labels}}`, values: '86400x60' }],
    ['TemporalWorkerCertificateExpiry'],
  ],
  [
    'a certificate that ends in a month',
    [
      {
        series: `temporal_worker_certificate_expiry_timestamp_seconds{certificate="client",${labels}}`,
        values: '2592000x60',
      },
    ],
    [],
  ],
])('%s', (_, series, alerts) => {
  expect(firing(series, { alerts, at: 22 })).toMatch(/SUCCESS/);
});
