import { jujuVersion, version } from '../context.ts';
import type { Measures } from './measures.ts';

/** The text for one scrape: what was counted so far, and what is so now. */
export async function renderMetrics(measures: Measures): Promise<string> {
  const { user, system } = process.cpuUsage();
  const { rss, heapUsed } = process.memoryUsage();
  const plain = (value: number) => [{ labels: {}, value }];
  measures.replace('charmlet_build_info', [{ labels: { version, juju_version: jujuVersion }, value: 1 }]);
  measures.replace('process_cpu_seconds_total', plain((user + system) / 1e6));
  measures.replace('process_resident_memory_bytes', plain(rss));
  measures.replace('nodejs_heap_size_used_bytes', plain(heapUsed));
  measures.replace('process_start_time_seconds', plain(Math.round(Date.now() / 1000 - process.uptime())));
  return await measures.text();
}
