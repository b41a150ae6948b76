import {
  type Counter,
  certificateEnds,
  counterNames,
  type Gauge,
  gauge,
  type Histogram,
  quantile,
  type Scope,
  selector,
  sumBy,
} from '../metrics/promql.ts';

/** One alarm, before the topology of an application is in it. */
export interface Alert {
  readonly name: string;
  /** Documentation that recommends it; empty: ours. */
  readonly source: string;
  readonly expr: string;
  /** How long it has to be so. */
  readonly lasts: string;
  readonly severity: 'critical' | 'warning';
  /** With Prometheus's own placeholders for labels and value. */
  readonly summary: string;
  readonly description: string;
}

const recommended = 'https://docs.temporal.io/best-practices/worker-alerting#start-with-these-five';
/** From when on an end of a certificate is told, as in the unit's status. */
const certificateDays = 14;
const unit = 'Unit {{ $labels.juju_unit }} of {{ $labels.juju_application }} in model {{ $labels.juju_model }}';
const queue = 'queue {{ $labels.task_queue }} in namespace {{ $labels.namespace }}';
const byUnit = ['juju_model', 'juju_application', 'juju_unit', 'namespace'];

/**
 * A worker that is not there, a certificate that ends, and the five with which Temporal's documentation says to start,
 * with its thresholds. They match names with and without suffixes, and count in seconds whatever the worker counts in.
 */
export function alerts(scope: Scope): readonly Alert[] {
  return [
    {
      name: 'TemporalWorkerDown',
      source: '',
      // A worker with metrics of its own is scraped at two places: it is down when neither answers.
      expr: `max by (juju_model, juju_application, juju_unit) (${gauge('up', scope)}) == 0`,
      lasts: '1m',
      severity: 'critical',
      summary: 'Temporal worker {{ $labels.juju_unit }} is down.',
      description: `${unit}: nobody answers where the worker should show its metrics. It has ended, it hangs, or it shows none.`,
    },
    {
      name: 'TemporalWorkerCertificateExpiry',
      source: '',
      expr: `(${certificateEnds(scope)}) - time() < ${certificateDays} * 86400`,
      lasts: '10m',
      severity: 'warning',
      summary: 'A certificate of Temporal worker {{ $labels.juju_unit }} ends soon.',
      description: `${unit}: a certificate of its TLS secret ends in {{ $value | humanizeDuration }}. Put a new one into the secret (update-secret).`,
    },
    {
      name: 'TemporalWorkerPollersDisconnected',
      source: recommended,
      expr: pollersGone(scope),
      lasts: '5m',
      severity: 'critical',
      summary: 'Temporal worker {{ $labels.juju_unit }} has stopped polling.',
      description: `${unit} polls no more on ${queue}: nothing on it is done.`,
    },
    {
      name: 'TemporalWorkerNonDeterminismError',
      source: recommended,
      expr: taskFailures('NonDeterminismError', scope),
      lasts: '1m',
      severity: 'critical',
      summary: 'Workflow code of {{ $labels.juju_unit }} no longer fits recorded histories.',
      description: `${unit}: workflows of type {{ $labels.workflow_type }} on ${queue} fail with a non-determinism error and stand still. Take the change back, or version it.`,
    },
    {
      name: 'TemporalWorkerGrpcMessageTooLarge',
      source: recommended,
      expr: taskFailures('GrpcMessageTooLarge', scope),
      lasts: '1m',
      severity: 'critical',
      summary: 'Workflows of {{ $labels.juju_unit }} hand over more than gRPC carries.',
      description: `${unit}: workflows of type {{ $labels.workflow_type }} on ${queue} are ended, because what they return or pass on is too large.`,
    },
    {
      name: 'TemporalWorkerTasksQueueUp',
      source: recommended,
      expr: `${waitedFor('workflowTaskScheduleToStart', scope)} > 5`,
      lasts: '5m',
      severity: 'critical',
      summary: 'Workflow tasks wait long for {{ $labels.juju_unit }}.',
      description: `${unit}: of the workflow tasks on ${queue} one in a hundred lies there for more than {{ $value | humanizeDuration }} (p99). Add units, or slots.`,
    },
    {
      name: 'TemporalWorkerCallsThrottled',
      source: recommended,
      expr: throttled(scope),
      lasts: '1m',
      severity: 'critical',
      summary: 'The Temporal server throttles {{ $labels.juju_unit }}.',
      description: `${unit}: the server refuses {{ $labels.operation }} in namespace {{ $labels.namespace }} with RESOURCE_EXHAUSTED. Starts, signals and updates are lost or late.`,
    },
  ];
}

function pollersGone(scope: Scope): string {
  // Documentation and SDKs differ in the middle one's name.
  const types = 'workflow_task|workflow_sticky_task|sticky_workflow_task|activity_task';
  const pollers: Gauge = 'numPollers';
  return `${sumBy([...byUnit, 'task_queue'])} (${gauge(pollers, scope, `poller_type=~"${types}"`)}) == 0`;
}

function taskFailures(reason: string, scope: Scope): string {
  const where = `failure_reason="${reason}"`;
  return occurred('workflowTaskFailed', scope, { where, by: [...byUnit, 'task_queue', 'workflow_type'] });
}

function waitedFor(id: Histogram, scope: Scope): string {
  return `(${quantile(id, scope, { share: 0.99, by: [...byUnit, 'task_queue'] })})`;
}

function throttled(scope: Scope): string {
  const operations = [
    'StartWorkflowExecution',
    'SignalWithStartWorkflowExecution',
    'SignalWorkflowExecution',
    'UpdateWorkflowExecution',
    'ExecuteMultiOperation',
  ];
  const where = `status_code="RESOURCE_EXHAUSTED",operation=~"${operations.join('|')}"`;
  return occurred('requestFailure', scope, { where, by: [...byUnit, 'operation'] });
}

/**
 * How often it happened within the range, when it did at all. A counter comes into being with its first event, in which
 * Prometheus sees no increase: one that is new counts whole, if its unit was scraped before it came.
 */
function occurred(
  id: Counter,
  scope: Scope,
  { where, by }: { readonly where: string; readonly by: readonly string[] },
): string {
  const { range } = scope;
  const scrapedBefore = `on (juju_unit) ${gauge('up', scope)} offset ${range}`;
  const series = counterNames(id).map((name) => selector(name, scope, where));
  const ways = [
    ...series.map((each) => `increase(${each}[${range}]) > 0`),
    ...series.map((each) => `(${each} unless ${each} offset ${range}) and ${scrapedBefore}`),
  ];
  return `${sumBy(by)} (${ways.map((way) => `(${way})`).join(' or ')}) > 0`;
}
