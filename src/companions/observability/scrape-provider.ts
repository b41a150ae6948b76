import type { CompanionUnit } from '../../controller/companion.ts';
import { type HookCommandRunner, isLeader, relationIds } from '../../hookcmds/index.ts';
import { keepDatabag } from './related.ts';
import { type Topology, topologyJson } from './topology.ts';

/** Tells whoever scrapes (`prometheus_scrape`, provider) where this server's own metrics are; `broken` is not told. */
export async function provideScrapeTarget(
  tools: HookCommandRunner,
  unit: CompanionUnit,
  target: {
    readonly endpoint: string;
    readonly port: number;
    readonly topology: Topology;
    readonly broken: string | undefined;
  },
): Promise<void> {
  const ids = (await relationIds(tools, target.endpoint)).filter((id) => id !== target.broken);
  if (ids.length === 0) return;
  const leads = await isLeader(tools);
  for (const relationId of ids) {
    await keepDatabag(
      tools,
      { relationId, entity: unit.name },
      {
        prometheus_scrape_unit_address: '127.0.0.1',
        prometheus_scrape_unit_name: unit.name,
      },
    );
    if (!leads) continue;
    const job = { metrics_path: '/metrics', static_configs: [{ targets: [`*:${target.port}`] }], scheme: 'http' };
    await keepDatabag(
      tools,
      { relationId, entity: target.topology.application, application: true },
      {
        scrape_metadata: topologyJson(target.topology),
        scrape_jobs: JSON.stringify([job]),
        alert_rules: '{}',
      },
    );
  }
}
