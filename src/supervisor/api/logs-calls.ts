import type { LogEntry } from '../../pebble/types.ts';
import { mergedByTime } from '../logs/log-ring.ts';
import type { Services } from '../services/services.ts';
import { badRequest, type Call, commaList } from './answer.ts';
import type { Route } from './server.ts';

const defaultLines = 30;
/** A follower that reads too slowly misses lines while so much waits for it, as it does with Pebble's ring. */
const largestBacklog = 4 * 1024 * 1024;

/** GET /v1/logs: newline-delimited JSON, with `follow=true` without end. */
export function logsRoutes(services: Services): Route[] {
  return [
    {
      path: '/v1/logs',
      GET: (call) => {
        getLogs(services, call);
        return null;
      },
    },
  ];
}

function getLogs(services: Services, { query, response, gone }: Call): void {
  const followText = query.get('follow') ?? '';
  if (!['', 'true', 'false'].includes(followText)) throw badRequest('follow parameter must be "true" or "false"');
  const follow = followText === 'true';
  const n = numberOf(query.get('n') ?? '', follow ? 0 : defaultLines);
  const asked = commaList(query, 'services');
  const names = asked.length > 0 ? asked : services.infos([]).map(({ name }) => name);
  const rings = services.rings(names);
  const merged = mergedByTime(rings.map((ring) => ring.last(n)));
  response.writeHead(200, { 'Content-Type': 'application/x-ndjson' });
  response.write(lines(n > 0 ? merged.slice(-n) : merged));
  if (!follow) {
    response.end();
    return;
  }
  response.flushHeaders();
  const endings = rings.map((ring) =>
    ring.follow((entries) => {
      if (response.writableLength < largestBacklog) response.write(lines(entries));
    }),
  );
  gone.addEventListener('abort', () => {
    for (const end of endings) end();
  });
}

function numberOf(text: string, fallback: number): number {
  if (text === '') return fallback;
  const n = /^[-+]?\d+$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isNaN(n) || n < -1) throw badRequest('n must be -1, 0, or a positive integer');
  return n;
}

function lines(entries: readonly LogEntry[]): string {
  return entries.map((entry) => `${JSON.stringify(entry)}\n`).join('');
}
