/** What a metric is, in the words of Prometheus. */
export interface MetricRow {
  /** The name that a worker's SDK gives it by default; a counter's may end in `_total` as well, a histogram's in its unit. */
  readonly name: string;
  readonly kind: 'counter' | 'gauge' | 'histogram';
  readonly meaning: string;
  /** Labels that a query may select by, beside `namespace` and the topology. */
  readonly labels: readonly string[];
}

/**
 * The metrics of a worker that the dashboard and the alerts ask for, under the names of Temporal's reference
 * (docs.temporal.io/references/sdk-metrics). The one source of dashboard, alert rules and docs/reference/metrics.md.
 */
export const metrics = {
  up: gauge('up', 'Whether Prometheus could read the metrics of a unit at its last try: 1 or 0.'),
  numPollers: gauge('temporal_num_pollers', 'Polls that wait at the server for a task.', ['task_queue', 'poller_type']),
  slotsAvailable: gauge(
    'temporal_worker_task_slots_available',
    'Tasks that the worker could take at once beside those that it has; absent with resource-based slots.',
    ['task_queue', 'worker_type'],
  ),
  slotsUsed: gauge('temporal_worker_task_slots_used', 'Tasks that the worker has at once.', [
    'task_queue',
    'worker_type',
  ]),
  workerStart: counter('temporal_worker_start', 'Workers that were started.', ['task_queue', 'worker_type']),
  pollSucceed: counter('temporal_workflow_task_queue_poll_succeed', 'Polls that brought a workflow task.', [
    'task_queue',
  ]),
  pollEmpty: counter('temporal_workflow_task_queue_poll_empty', 'Polls for workflow tasks that ended with none.', [
    'task_queue',
  ]),
  activityPollNoTask: counter('temporal_activity_poll_no_task', 'Polls for activity tasks that ended with none.', [
    'task_queue',
  ]),
  activityTaskReceived: counter('temporal_activity_task_received', 'Activity tasks that the worker was given.', [
    'task_queue',
    'activity_type',
  ]),
  workflowTaskScheduleToStart: histogram(
    'temporal_workflow_task_schedule_to_start_latency',
    'How long workflow tasks lay in the queue.',
    ['task_queue'],
  ),
  activityScheduleToStart: histogram(
    'temporal_activity_schedule_to_start_latency',
    'How long activity tasks lay in the queue.',
    ['task_queue'],
  ),
  workflowTaskExecution: histogram(
    'temporal_workflow_task_execution_latency',
    'How long the workflow code took for one task.',
    ['task_queue', 'workflow_type'],
  ),
  workflowTaskReplay: histogram(
    'temporal_workflow_task_replay_latency',
    'How long it took to bring a workflow that was not in the cache back to where it was.',
    ['task_queue', 'workflow_type'],
  ),
  workflowTaskFailed: counter('temporal_workflow_task_execution_failed', 'Workflow tasks that failed in the worker.', [
    'task_queue',
    'workflow_type',
    'failure_reason',
  ]),
  workflowEndToEnd: histogram('temporal_workflow_endtoend_latency', 'From the start of a workflow run to its end.', [
    'task_queue',
    'workflow_type',
  ]),
  workflowCompleted: workflowEnd('completed', 'Workflows that ended well.'),
  workflowFailed: workflowEnd('failed', 'Workflows that failed.'),
  workflowCancelled: workflowEnd('canceled', 'Workflows that were cancelled.'),
  workflowContinued: workflowEnd('continue_as_new', 'Workflows that went on as a new run.'),
  activityExecution: histogram('temporal_activity_execution_latency', 'How long activities took, well or not.', [
    'task_queue',
    'activity_type',
  ]),
  activityEndToEnd: histogram(
    'temporal_activity_succeed_endtoend_latency',
    'From the scheduling of an activity that ended well to its end, its retries in it.',
    ['task_queue', 'activity_type'],
  ),
  activityFailed: counter('temporal_activity_execution_failed', 'Activities that failed.', [
    'task_queue',
    'activity_type',
  ]),
  localActivityExecution: histogram('temporal_local_activity_execution_latency', 'How long local activities took.', [
    'task_queue',
    'activity_type',
  ]),
  localActivityFailed: counter('temporal_local_activity_execution_failed', 'Local activities that failed.', [
    'task_queue',
    'activity_type',
  ]),
  request: counter('temporal_request', 'Calls of the worker to the server.', ['operation']),
  requestFailure: counter('temporal_request_failure', 'Calls that the server refused or did not answer.', [
    'operation',
    'status_code',
  ]),
  requestLatency: histogram('temporal_request_latency', 'How long the server took to answer.', ['operation']),
  longRequestFailure: counter('temporal_long_request_failure', 'Polls that the server refused or did not answer.', [
    'operation',
    'status_code',
  ]),
  stickyCacheSize: gauge('temporal_sticky_cache_size', 'Workflows that the worker keeps in memory.', ['task_queue']),
  stickyCacheHit: counter('temporal_sticky_cache_hit', 'Workflow tasks whose workflow was in memory.', ['task_queue']),
  stickyCacheMiss: counter('temporal_sticky_cache_miss', 'Workflow tasks whose workflow had to be replayed.', [
    'task_queue',
  ]),
  stickyCacheEviction: counter(
    'temporal_sticky_cache_total_forced_eviction',
    'Workflows that were put out of memory for others.',
    ['task_queue'],
  ),
  certificateExpiry: gauge(
    'temporal_worker_certificate_expiry_timestamp_seconds',
    'When a certificate of the TLS secret ends, in seconds since 1970; told by the charm, where somebody asks it (charmlet).',
    ['certificate'],
  ),
  kitCertificateExpiry: gauge(
    'temporal_worker_kit_certificate_expiry_timestamp_seconds',
    "When the client certificate ends, in seconds since 1970; told by workers of the kit among metrics of the workload's own.",
  ),
  processMemory: gauge(
    'process_resident_memory_bytes',
    "Memory of the worker's process, where it shows metrics of its own (option workload-prometheus-port).",
  ),
  processCpu: counter(
    'process_cpu_seconds',
    "Processor time of the worker's process, where it shows metrics of its own.",
  ),
} as const;

export type MetricId = keyof typeof metrics;

function gauge(name: string, meaning: string, labels: readonly string[] = []) {
  return { name, kind: 'gauge', meaning, labels } as const;
}

function counter(name: string, meaning: string, labels: readonly string[] = []) {
  return { name, kind: 'counter', meaning, labels } as const;
}

/** A histogram of durations. */
function histogram(name: string, meaning: string, labels: readonly string[]) {
  return { name, kind: 'histogram', meaning, labels } as const;
}

function workflowEnd(how: string, meaning: string) {
  return counter(`temporal_workflow_${how}`, meaning, ['task_queue', 'workflow_type']);
}
