import {
  type Counter,
  certificateEnds,
  gauge,
  type Histogram,
  quantile,
  rate,
  type Scope,
  sumBy,
} from '../metrics/promql.ts';

/** A panel of the dashboard: what it shows and how Grafana asks for it. */
export interface PanelSpec {
  readonly title: string;
  readonly description: string;
  readonly kind: 'stat' | 'timeseries';
  /** Grafana's word for the unit. */
  readonly unit: 'short' | 's' | 'ops' | 'bytes' | 'percentunit';
  readonly queries: readonly Query[];
  /** Of the 24 columns. */
  readonly width: number;
}

export interface Query {
  readonly expr: string;
  readonly legend: string;
}

export interface RowSpec {
  readonly title: string;
  readonly panels: readonly PanelSpec[];
}

/** The topology's variables, each narrowed by those before it. */
export const topologyLabels = ['juju_model', 'juju_model_uuid', 'juju_application', 'juju_unit'] as const;

const scope: Scope = {
  matchers: topologyLabels.map((label) => `${label}=~"$${label}"`).join(','),
  range: '$__rate_interval',
};

/** `up` is said of everything that is scraped, also of Prometheus itself. */
const up = gauge('up', scope, 'juju_charm="temporal-worker-k8s"');

/** All panels, row by row. */
export function rows(): readonly RowSpec[] {
  return [
    { title: 'Workers', panels: [...workers(), ...polling()] },
    { title: 'Time in the queue', panels: queue() },
    { title: 'Workflows', panels: workflows() },
    { title: 'Activities', panels: activities() },
    { title: 'Calls to the server', panels: server() },
    { title: 'Sticky cache', panels: cache() },
    { title: 'Process', panels: process() },
  ];
}

function workers(): PanelSpec[] {
  const unit = 'juju_model_uuid, juju_application, juju_unit';
  return [
    stat('Workers up', 'Units whose metrics can be read.', `sum(max by (${unit}) (${up}))`),
    stat('Pollers', 'Polls that wait at the server for a task.', `sum(${gauge('numPollers', scope)})`),
    graph('Worker up', 'Whether the metrics of each unit can be read.', {
      queries: [{ expr: `max by (juju_unit) (${up})`, legend: '{{juju_unit}}' }],
      width: 8,
    }),
    graph('Worker starts', 'How often the workers of a unit were started.', {
      queries: [
        { expr: rate('workerStart', scope, { by: ['juju_unit', 'worker_type'] }), legend: unitAnd('worker_type') },
      ],
      unit: 'ops',
      width: 8,
    }),
    graph('Certificates', 'How long the certificates of the TLS secret are good for.', {
      queries: [
        {
          expr: `min by (juju_unit, certificate) (${certificateEnds(scope)}) - time()`,
          legend: unitAnd('certificate'),
        },
      ],
      unit: 's',
    }),
  ];
}

function polling(): PanelSpec[] {
  const polls: readonly [Counter, string][] = [
    ['pollSucceed', 'workflow task'],
    ['activityTaskReceived', 'activity task'],
    ['pollEmpty', 'no workflow task'],
    ['activityPollNoTask', 'no activity task'],
  ];
  const succeeded = rate('pollSucceed', scope, { by: ['juju_unit'] });
  const empty = rate('pollEmpty', scope, { by: ['juju_unit'] });
  return [
    graph('Poll success', 'Share of the polls for workflow tasks that brought one.', {
      queries: [{ expr: `${succeeded} / (${succeeded} + (${empty} or ${succeeded} * 0))`, legend: '{{juju_unit}}' }],
      unit: 'percentunit',
    }),
    graph('Polls by what they brought', 'Polls a second that ended, by what they brought.', {
      queries: polls.map(([id, name]) => ({
        expr: rate(id, scope, { by: ['juju_unit'] }),
        legend: `{{juju_unit}} ${name}`,
      })),
      unit: 'ops',
    }),
    graph('Pollers by type', 'Polls that wait at the server. None for minutes: nothing will be done.', {
      queries: [
        {
          expr: `${sumBy(['juju_unit', 'poller_type'])} (${gauge('numPollers', scope)})`,
          legend: unitAnd('poller_type'),
        },
      ],
    }),
    graph('Task slots in use', 'Tasks that the worker has at once.', {
      queries: [slots('slotsUsed')],
    }),
    graph('Task slots free', 'Tasks that the worker could take at once beside those. None: tasks wait.', {
      queries: [slots('slotsAvailable')],
    }),
  ];
}

function slots(id: 'slotsUsed' | 'slotsAvailable'): Query {
  return { expr: `${sumBy(['juju_unit', 'worker_type'])} (${gauge(id, scope)})`, legend: unitAnd('worker_type') };
}

function queue(): PanelSpec[] {
  return [
    latency(
      'workflowTaskScheduleToStart',
      'Workflow tasks: schedule to start',
      'How long workflow tasks lay in the queue.',
    ),
    latency(
      'activityScheduleToStart',
      'Activity tasks: schedule to start',
      'How long activity tasks lay in the queue.',
    ),
  ];
}

function workflows(): PanelSpec[] {
  const ends: readonly [Counter, string][] = [
    ['workflowCompleted', 'completed'],
    ['workflowFailed', 'failed'],
    ['workflowCancelled', 'cancelled'],
    ['workflowContinued', 'continued as new'],
  ];
  return [
    graph('Workflows that ended', 'Workflows a second, by type and how they ended.', {
      queries: ends.map(([id, name]) => ({
        expr: rate(id, scope, { by: ['workflow_type'] }),
        legend: `{{workflow_type}} ${name}`,
      })),
      unit: 'ops',
    }),
    latency('workflowEndToEnd', 'Workflows: start to end', 'From the start of a run to its end.', 'workflow_type'),
    latency(
      'workflowTaskExecution',
      'Workflow tasks: execution',
      'How long the code took for a task.',
      'workflow_type',
    ),
    latency(
      'workflowTaskReplay',
      'Workflow tasks: replay',
      'How long it took to bring a workflow back.',
      'workflow_type',
    ),
    graph('Workflow task failures', 'Workflow tasks a second that failed in the worker, by reason.', {
      queries: [
        {
          expr: rate('workflowTaskFailed', scope, { by: ['workflow_type', 'failure_reason'] }),
          legend: '{{workflow_type}} {{failure_reason}}',
        },
      ],
      unit: 'ops',
    }),
  ];
}

function activities(): PanelSpec[] {
  const failures: readonly [Counter, string][] = [
    ['activityFailed', ''],
    ['localActivityFailed', ' (local)'],
  ];
  return [
    graph('Activities begun', 'Activity tasks a second that the worker was given.', {
      queries: [{ expr: rate('activityTaskReceived', scope, { by: ['activity_type'] }), legend: '{{activity_type}}' }],
      unit: 'ops',
    }),
    graph('Activity failures', 'Activities a second that failed, by type.', {
      queries: failures.map(([id, local]) => ({
        expr: rate(id, scope, { by: ['activity_type'] }),
        legend: `{{activity_type}}${local}`,
      })),
      unit: 'ops',
    }),
    latency('activityExecution', 'Activities: execution', 'How long activities took, well or not.', 'activity_type'),
    latency(
      'activityEndToEnd',
      'Activities: schedule to end',
      'Of those that ended well, retries in it.',
      'activity_type',
    ),
    latency(
      'localActivityExecution',
      'Local activities: execution',
      'How long local activities took.',
      'activity_type',
    ),
  ];
}

function server(): PanelSpec[] {
  return [
    graph('Calls', 'Calls a second to the server.', {
      queries: [{ expr: rate('request', scope, { by: ['operation'] }), legend: '{{operation}}' }],
      unit: 'ops',
    }),
    graph('Failed calls', 'Calls and polls a second that the server refused or did not answer.', {
      queries: (['requestFailure', 'longRequestFailure'] as const).map((id) => ({
        expr: rate(id, scope, { by: ['operation', 'status_code'] }),
        legend: '{{operation}} {{status_code}}',
      })),
      unit: 'ops',
    }),
    latency('requestLatency', 'Calls: time to the answer', 'How long the server took to answer.', 'operation'),
  ];
}

function cache(): PanelSpec[] {
  const events: readonly [Counter, string][] = [
    ['stickyCacheHit', 'hits'],
    ['stickyCacheMiss', 'misses'],
    ['stickyCacheEviction', 'evictions'],
  ];
  return [
    graph('Cached workflows', 'Workflows that the worker keeps in memory.', {
      queries: [{ expr: `${sumBy(['juju_unit'])} (${gauge('stickyCacheSize', scope)})`, legend: '{{juju_unit}}' }],
    }),
    graph('Cache hits, misses and evictions', 'A second. Many evictions: the cache is too small.', {
      queries: events.map(([id, name]) => ({
        expr: rate(id, scope, { by: ['juju_unit'] }),
        legend: `{{juju_unit}} ${name}`,
      })),
      unit: 'ops',
    }),
  ];
}

function process(): PanelSpec[] {
  const own = 'Shown by workers with metrics of their own (option workload-prometheus-port).';
  return [
    graph('Memory', own, {
      queries: [{ expr: `${sumBy(['juju_unit'])} (${gauge('processMemory', scope)})`, legend: '{{juju_unit}}' }],
      unit: 'bytes',
    }),
    graph('Processor', own, {
      queries: [{ expr: rate('processCpu', scope, { by: ['juju_unit'] }), legend: '{{juju_unit}}' }],
      unit: 'percentunit',
    }),
  ];
}

/** The median and the two slow ends of a histogram, by unit or by a further label. */
function latency(id: Histogram, title: string, description: string, by = 'juju_unit'): PanelSpec {
  const queries = [0.5, 0.95, 0.99].map((share) => ({
    expr: quantile(id, scope, { share, by: [by] }),
    legend: `{{${by}}} p${share * 100}`,
  }));
  return graph(title, description, { queries, unit: 's' });
}

function unitAnd(label: string): string {
  return `{{juju_unit}} {{${label}}}`;
}

function stat(title: string, description: string, expr: string): PanelSpec {
  return { title, description, kind: 'stat', unit: 'short', width: 4, queries: [{ expr, legend: title }] };
}

function graph(
  title: string,
  description: string,
  of: { readonly queries: readonly Query[]; readonly unit?: PanelSpec['unit']; readonly width?: number },
): PanelSpec {
  return {
    title,
    description,
    kind: 'timeseries',
    unit: of.unit ?? 'short',
    width: of.width ?? 12,
    queries: of.queries,
  };
}
