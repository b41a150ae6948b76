import { alertRules } from '../alert-rules/alert-rules.ts';
import { sdkMetricsPort } from '../options.ts';
import { pythonJson } from '../python-json.ts';
import type { Topology } from '../topology.ts';
import type { DatabagWrite } from './facts.ts';
import type { ObservabilityRelations } from './observability.ts';
import { scrapeWrites } from './prometheus-scrape.ts';

/** What `metrics-endpoint` tells Prometheus: where the SDK's metrics are, and when to raise an alarm. */
export function metricsWrites(
  { metrics, scrapeAddress }: Pick<ObservabilityRelations, 'metrics' | 'scrapeAddress'>,
  topology: Topology,
): readonly DatabagWrite[] {
  if (metrics.length === 0) return [];
  const rules = pythonJson(alertRules(topology));
  return scrapeWrites(metrics, { topology, address: scrapeAddress, port: sdkMetricsPort, alertRules: rules });
}
