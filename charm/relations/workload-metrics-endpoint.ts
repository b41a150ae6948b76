import type { Settings } from '../config.ts';
import type { Topology } from '../topology.ts';
import type { DatabagWrite } from './facts.ts';
import type { ObservabilityRelations } from './observability.ts';
import { scrapeWrites } from './prometheus-scrape.ts';

type Given = Pick<ObservabilityRelations, 'workloadMetrics' | 'scrapeAddress'>;

/** What `workload-metrics-endpoint` tells Prometheus: where the worker's own metrics are, if it is said to have some. */
export function workloadMetricsWrites(
  { workloadMetrics, scrapeAddress: address }: Given,
  of: { readonly topology: Topology; readonly settings: Pick<Settings, 'workloadPrometheusPort'> },
): readonly DatabagWrite[] {
  const port = of.settings.workloadPrometheusPort;
  return scrapeWrites(workloadMetrics, { topology: of.topology, address, port, alertRules: '{}' });
}

/** A half-sentence for the status when the relation is of no use as things are; else null. */
export function lacksWorkloadPort(
  { workloadMetrics }: Pick<ObservabilityRelations, 'workloadMetrics'>,
  { workloadPrometheusPort }: Pick<Settings, 'workloadPrometheusPort'>,
): string | null {
  if (workloadMetrics.length === 0 || workloadPrometheusPort !== null) return null;
  return 'workload-metrics-endpoint is related and option workload-prometheus-port not set';
}
