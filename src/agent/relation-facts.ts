import { noRelations, type Relations } from '../../charm/relations/facts.ts';
import { noObservability, type ObservabilityRelations } from '../../charm/relations/observability.ts';
import { relationIds } from '../hookcmds/relation.ts';
import type { World } from './world.ts';

export const endpoints = [
  'temporal-host-info',
  'temporal-worker-info',
  'vault',
  'database',
  'metrics-endpoint',
  'workload-metrics-endpoint',
  'grafana-dashboard',
  'logging',
] as const;

type Ids = Readonly<Record<(typeof endpoints)[number], readonly string[]>>;

/** Reads the relations of every endpoint, all at once; those that there are cost further hook commands. */
export async function readRelations(world: World, leads: Promise<boolean>): Promise<Relations> {
  const found = await Promise.all(
    endpoints.map(async (endpoint) => {
      const all = await relationIds(world.runner, endpoint);
      return [endpoint, all.filter((id) => id !== world.brokenRelation)] as const;
    }),
  );
  if (found.every(([, ids]) => ids.length === 0)) return noRelations;
  const ids = Object.fromEntries(found) as unknown as Ids;
  const leader = await leads;
  const [work, observability] = await Promise.all([
    readWork(world, { ids, leader }),
    readObservability(world, { ids, leader }),
  ]);
  return { ...work, observability };
}

/** What the worker needs for its work. */
async function readWork(
  world: World,
  { ids, leader }: { readonly ids: Ids; readonly leader: boolean },
): Promise<Omit<Relations, 'observability'>> {
  const [hostIds, workerIds] = [ids['temporal-host-info'], ids['temporal-worker-info']];
  if (hostIds.length + workerIds.length + ids.vault.length + ids.database.length === 0) return noRelations;
  const read = await import('./relation-databags.ts');
  const [hostInfo, workerInfo, vault, database] = await Promise.all([
    first(hostIds, (id) => read.readHostInfo(world, id)),
    read.readWorkerInfo(world, { ids: workerIds, leader }),
    first(ids.vault, (id) => read.readVaultRelation(world, { id, leader })),
    first(ids.database, (id) => read.readDatabaseRelation(world, { id, leader })),
  ]);
  return { hostInfo, workerInfo, vault, database };
}

async function readObservability(
  world: World,
  { ids, leader }: { readonly ids: Ids; readonly leader: boolean },
): Promise<ObservabilityRelations> {
  const [metricsIds, workloadIds] = [ids['metrics-endpoint'], ids['workload-metrics-endpoint']];
  const [dashboardIds, loggingIds] = [ids['grafana-dashboard'], ids.logging];
  if (metricsIds.length + workloadIds.length + dashboardIds.length + loggingIds.length === 0) return noObservability;
  const read = await import('./observability-databags.ts');
  const scraped = metricsIds.length > 0 ? 'metrics-endpoint' : 'workload-metrics-endpoint';
  const [metrics, workloadMetrics, scrapeAddress, dashboards, logging] = await Promise.all([
    read.readScrapeRelations(world, { ids: metricsIds, leader }),
    read.readScrapeRelations(world, { ids: workloadIds, leader }),
    metricsIds.length + workloadIds.length > 0 ? read.readScrapeAddress(world, scraped) : '',
    read.readDashboardRelations(world, { ids: dashboardIds, leader }),
    first(loggingIds, (id) => read.readLogging(world, { id, leader })),
  ]);
  return { metrics, workloadMetrics, scrapeAddress, dashboards, logging };
}

/** Of an endpoint with limit 1. */
async function first<T>(ids: readonly string[], read: (id: string) => Promise<T | null>): Promise<T | null> {
  return ids[0] === undefined ? null : read(ids[0]);
}
