/** One metric as it is described to Prometheus and in docs/reference/controller-metrics.md. */
export interface MetricRow {
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  readonly labels: readonly string[];
  /** Upper bounds of a histogram. */
  readonly buckets?: readonly number[];
}

/** COS's labels of an application; alert rules that came through a relation are narrowed down by them. */
const application = ['juju_model', 'juju_model_uuid', 'juju_application', 'juju_charm'] as const;
const unit = [...application, 'juju_unit'] as const;

/** Every metric that the controller has of its own, by name. */
export const metrics = {
  charmlet_build_info: {
    type: 'gauge',
    help: 'Always 1; the labels tell the version of this controller and of the Juju that it speaks as.',
    labels: ['version', 'juju_version'],
  },
  charmlet_unit_status: {
    type: 'gauge',
    help: 'Always 1; the label tells the workload status that the unit shows now.',
    labels: [...unit, 'status'],
  },
  charmlet_dispatches_total: {
    type: 'counter',
    help: 'Events and actions that units were told, by how that ended: ok, missing (the charm has no such hook), failed, interrupted (it is done again).',
    labels: [...unit, 'event', 'outcome'],
  },
  charmlet_dispatch_duration_seconds: {
    type: 'histogram',
    help: 'How long they took, in seconds.',
    labels: [...application, 'event'],
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300],
  },
  charmlet_queued_events: {
    type: 'gauge',
    help: 'Events that a unit is still to be told: pending, running, or failed (to be tried again).',
    labels: [...unit, 'state'],
  },
  charmlet_queued_tasks: {
    type: 'gauge',
    help: 'Actions and commands of a unit that are pending or run.',
    labels: unit,
  },
  charmlet_hook_commands_total: {
    type: 'counter',
    help: 'Hook commands that charms have called, by exit code.',
    labels: [...application, 'command', 'exit_code'],
  },
  charmlet_hook_command_duration_seconds: {
    type: 'histogram',
    help: 'How long the controller took to answer them, in seconds, without the start of the process that asks.',
    labels: ['command'],
    buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 1],
  },
  charmlet_supervisor_up: {
    type: 'gauge',
    help: "Whether the daemon of a unit's container answers (1) or not (0).",
    labels: [...unit, 'container'],
  },
  charmlet_service_active: {
    type: 'gauge',
    help: 'Whether a service runs (1) or not (0).',
    labels: [...unit, 'container', 'service'],
  },
  charmlet_service_starts_total: {
    type: 'counter',
    help: 'How often a service was started since its daemon began; every start after the first is a restart.',
    labels: [...unit, 'container', 'service'],
  },
  charmlet_service_drain_seconds: {
    type: 'histogram',
    help: 'How long a service that was told to stop took to end, in seconds.',
    labels: [...application, 'container', 'service'],
    buckets: [0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300],
  },
  charmlet_check_up: {
    type: 'gauge',
    help: 'Whether a check of a container passes (1) or not (0).',
    labels: [...unit, 'container', 'check'],
  },
  charmlet_refused_charm_metrics: {
    type: 'gauge',
    help: 'Values among the metrics that a unit keeps in its state which are none, or too many (see below).',
    labels: unit,
  },
  charmlet_database_size_bytes: {
    type: 'gauge',
    help: "Size of the controller's databases with their write-ahead logs, in bytes.",
    labels: ['database'],
  },
  process_cpu_seconds_total: {
    type: 'counter',
    help: 'Processor time that the controller has used, in seconds.',
    labels: [],
  },
  process_resident_memory_bytes: {
    type: 'gauge',
    help: "The controller's memory, as the kernel counts it, in bytes.",
    labels: [],
  },
  nodejs_heap_size_used_bytes: {
    type: 'gauge',
    help: "What JavaScript's own heap holds of that, in bytes.",
    labels: [],
  },
  process_start_time_seconds: {
    type: 'gauge',
    help: 'When the controller began, in seconds since 1970.',
    labels: [],
  },
} as const satisfies Readonly<Record<string, MetricRow>>;

export type MetricName = keyof typeof metrics;
