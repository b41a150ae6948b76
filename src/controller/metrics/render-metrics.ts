import { statSync } from 'node:fs';
import { jujuVersion, type Shared, version } from '../context.ts';
import { workloadStatus } from '../methods/shown-status.ts';
import { databaseFile, debugLogFile } from '../places.ts';
import { renderCharmMetrics } from './charm-metrics.ts';
import { readContainers } from './container-metrics.ts';
import { type LabelledUnit, labelledUnits } from './labels.ts';
import type { Measures } from './measures.ts';

/** The text for one scrape: what was counted so far, and what is so now. */
export async function renderMetrics(shared: Shared): Promise<string> {
  const units = labelledUnits(shared);
  readProcess(shared.measures);
  readDatabases(shared);
  readUnits(shared, units);
  await readContainers(shared.measures, units);
  const told = await renderCharmMetrics(shared, units);
  return `${await shared.measures.text()}\n${told}`;
}

function readProcess(measures: Measures): void {
  const { user, system } = process.cpuUsage();
  const { rss, heapUsed } = process.memoryUsage();
  const plain = (value: number) => [{ labels: {}, value }];
  measures.replace('charmlet_build_info', [{ labels: { version, juju_version: jujuVersion }, value: 1 }]);
  measures.replace('process_cpu_seconds_total', plain((user + system) / 1e6));
  measures.replace('process_resident_memory_bytes', plain(rss));
  measures.replace('nodejs_heap_size_used_bytes', plain(heapUsed));
  measures.replace('process_start_time_seconds', plain(Math.round(Date.now() / 1000 - process.uptime())));
}

function readDatabases({ measures, paths }: Shared): void {
  const files = { model: databaseFile(paths), 'debug-log': debugLogFile(paths) };
  const size = (file: string): number => statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  measures.replace(
    'charmlet_database_size_bytes',
    Object.entries(files).map(([database, file]) => ({
      labels: { database },
      value: size(file) + size(`${file}-wal`),
    })),
  );
}

function readUnits({ db, measures }: Shared, units: readonly LabelledUnit[]): void {
  measures.replace(
    'charmlet_unit_status',
    units.map(({ context, unit, labels }) => ({
      labels: { ...labels, status: workloadStatus(context, unit).status },
      value: 1,
    })),
  );
  const queued = db.all<{ unit: number; state: string; n: number }>(
    'SELECT unit, state, count(*) AS n FROM events GROUP BY unit, state',
  );
  const tasks = db.all<{ unit: number; n: number }>(
    "SELECT unit, count(*) AS n FROM tasks WHERE status IN ('pending', 'running', 'aborting') GROUP BY unit",
  );
  measures.replace(
    'charmlet_queued_events',
    units.flatMap(({ unit, labels }) =>
      ['pending', 'running', 'failed'].map((state) => ({
        labels: { ...labels, state },
        value: queued.find((row) => row.unit === unit.id && row.state === state)?.n ?? 0,
      })),
    ),
  );
  measures.replace(
    'charmlet_queued_tasks',
    units.map(({ unit, labels }) => ({ labels, value: tasks.find((row) => row.unit === unit.id)?.n ?? 0 })),
  );
}
