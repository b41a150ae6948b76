import { pythonJson } from '../python-json.ts';
import { type Topology, topologyMetadata } from '../topology.ts';
import { bring, type DatabagWrite } from './facts.ts';
import type { ScrapeRelation } from './observability.ts';

/** What one endpoint of interface `prometheus_scrape` tells. */
export interface Scrape {
  readonly topology: Topology;
  /** Where this unit listens; empty: not known yet. */
  readonly address: string;
  /** The port at which every unit shows metrics; null: at none. */
  readonly port: number | null;
  /** JSON text. */
  readonly alertRules: string;
}

/** Who is scraped, by whose leader, and where this unit is. The consumer puts each unit's address in the place of the star. */
export function scrapeWrites(relations: readonly ScrapeRelation[], scrape: Scrape): readonly DatabagWrite[] {
  const { topology, address, port, alertRules } = scrape;
  const jobs = port === null ? [] : [{ metrics_path: '/metrics', static_configs: [{ targets: [`*:${port}`] }] }];
  const ofApplication = {
    scrape_metadata: topologyMetadata(topology),
    scrape_jobs: pythonJson(jobs),
    alert_rules: alertRules,
  };
  const ofUnit = { prometheus_scrape_unit_address: address, prometheus_scrape_unit_name: topology.unit };
  return relations.flatMap(({ id: relationId, own, unit }) => [
    ...(own === null ? [] : bring(own, { relationId, application: true, data: ofApplication })),
    ...(address === '' ? [] : bring(unit, { relationId, application: false, data: ofUnit })),
  ]);
}
