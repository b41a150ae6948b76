import type * as promClient from 'prom-client';
import { Counter, Gauge, Histogram, Registry } from './prom-client-parts.ts';
import { type MetricName, type MetricRow, metrics } from './table.ts';

type Kept = promClient.Counter | promClient.Gauge | promClient.Histogram;

type Labels<M extends MetricName> = Readonly<Record<(typeof metrics)[M]['labels'][number], string>>;

/** What the controller counts and times, from its start on. Names and labels are those of the table. */
export class Measures {
  readonly #registry = new Registry();
  readonly #kept = new Map<string, Kept>();

  constructor() {
    for (const [name, row] of Object.entries(metrics) as [MetricName, MetricRow][])
      this.#kept.set(name, this.#make(name, row));
  }

  /** Adds to a counter. */
  count<M extends MetricName>(name: M, labels: Labels<M>, by = 1): void {
    (this.#kept.get(name) as promClient.Counter).inc(labels, by);
  }

  /** Adds a duration in seconds to a histogram. */
  observe<M extends MetricName>(name: M, labels: Labels<M>, seconds: number): void {
    (this.#kept.get(name) as promClient.Histogram).observe(labels, seconds);
  }

  /** What is read anew for each scrape: the old values go. */
  replace<M extends MetricName>(
    name: M,
    values: readonly { readonly labels: Labels<M>; readonly value: number }[],
  ): void {
    const metric = this.#kept.get(name) as promClient.Counter | promClient.Gauge;
    metric.reset();
    for (const { labels, value } of values) metric.inc(labels, value);
  }

  /** All of it as Prometheus reads it. */
  async text(): Promise<string> {
    return await this.#registry.metrics();
  }

  #make(name: string, { type, help, labels, buckets }: MetricRow): Kept {
    const common = { name, help, labelNames: [...labels], registers: [this.#registry] };
    if (type === 'counter') return new Counter(common);
    return type === 'gauge' ? new Gauge(common) : new Histogram({ ...common, buckets: [...(buckets ?? [])] });
  }
}
