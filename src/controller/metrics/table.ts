/** One metric as it is described to Prometheus and in docs/reference/controller-metrics.md. */
export interface MetricRow {
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  readonly labels: readonly string[];
  /** Upper bounds of a histogram. */
  readonly buckets?: readonly number[];
}

/** Every metric that the controller has of its own, by name. */
export const metrics = {
  charmlet_build_info: {
    type: 'gauge',
    help: 'Always 1; the labels tell the version of this controller and of the Juju that it speaks as.',
    labels: ['version', 'juju_version'],
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
