import type { LogEntry } from '../../pebble/types.ts';
import { type LogRing, mergedByTime } from '../logs/log-ring.ts';
import type { Services } from '../services/services.ts';
import { badRequest, type Call, commaList } from './answer.ts';
import type { Route } from './server.ts';

const defaultLines = 30;

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

function getLogs(services: Services, call: Call): void {
  const { query, response } = call;
  const followText = query.get('follow') ?? '';
  if (!['', 'true', 'false'].includes(followText)) throw badRequest('follow parameter must be "true" or "false"');
  const follow = followText === 'true';
  const n = numberOf(query.get('n') ?? '', follow ? 0 : defaultLines);
  const asked = commaList(query, 'services');
  const names = asked.length > 0 ? [...new Set(asked)] : services.infos([]).map(({ name }) => name);
  const rings = services.rings(names);
  const merged = mergedByTime(rings.map((ring) => ring.last(n)));
  response.writeHead(200, { 'Content-Type': 'application/x-ndjson' });
  response.write(lines(n > 0 ? merged.slice(-n) : merged));
  if (!follow) {
    response.end();
    return;
  }
  response.flushHeaders();
  followRings(rings, call);
}

/**
 * Sends every new line. Who reads more slowly than a service talks is sent what the ring still has when he is ready for
 * more, so that he misses old lines and not the newest.
 */
function followRings(rings: readonly LogRing[], { response, gone }: Call): void {
  const followed = rings.map((ring) => ({ ring, sent: ring.next }));
  const send = (): void => {
    for (const each of followed) {
      if (response.writableNeedDrain) return;
      const entries = each.ring.from(each.sent);
      each.sent = each.ring.next;
      if (entries.length > 0) response.write(lines(entries));
    }
  };
  const endings = rings.map((ring) => ring.follow(send));
  response.on('drain', send);
  gone.addEventListener('abort', () => {
    for (const end of endings) end();
  });
}

function numberOf(text: string, fallback: number): number {
  if (text === '') return fallback;
  const n = /^[-+]?\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(n) || n < -1) throw badRequest('n must be -1, 0, or a positive integer');
  return n;
}

function lines(entries: readonly LogEntry[]): string {
  return entries.map((entry) => `${JSON.stringify(entry)}\n`).join('');
}
