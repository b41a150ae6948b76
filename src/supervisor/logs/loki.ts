import type { IncomingMessage } from 'node:http';
import type { LogEntry } from '../../pebble/types.ts';
import { request as requestHttp } from '../../plain-http/plain-http.ts';

/** How long a push may take. */
const requestMs = 10_000;
/** So much of a refusal's text is told. */
const detailBytes = 1024;

/**
 * What became of a push. `keep`: the server cannot take the lines now (429, 5xx, no connection), so they are sent again.
 * `drop`: it never will (any other 4xx).
 */
export type Pushed = { readonly outcome: 'sent' } | { readonly outcome: 'keep' | 'drop'; readonly why: string };

/** The labels of each service's stream; the name of the service itself is added to them. */
export type StreamLabels = ReadonlyMap<string, Readonly<Record<string, string>>>;

/** The body of a push: a stream for each service, in the order of their names; times in nanoseconds. */
export function renderLokiPush(entries: readonly LogEntry[], labels: StreamLabels): string {
  const services = [...new Set(entries.map(({ service }) => service))].sort();
  const streams = services.map((service) => ({
    stream: sorted({ ...labels.get(service), pebble_service: service }),
    values: entries
      .filter((entry) => entry.service === service)
      .map(({ time, message }) => [`${Date.parse(time)}000000`, message]),
  }));
  return JSON.stringify({ streams });
}

/** Posts a body to the push URL. Never rejects. */
export async function pushToLoki(
  location: string,
  body: string,
  options: { readonly userAgent: string; readonly signal: AbortSignal },
): Promise<Pushed> {
  try {
    const { status, text } = await post(location, body, options);
    if (status === 200 || status === 204) return { outcome: 'sent' };
    const outcome = status >= 400 && status < 500 && status !== 429 ? 'drop' : 'keep';
    const why = `server returned HTTP ${status}${text.trim() === '' ? '' : `: ${JSON.stringify(text.trim())}`}`;
    return { outcome, why };
  } catch (error) {
    return { outcome: 'keep', why: (error as Error).message };
  }
}

async function post(
  location: string,
  body: string,
  { userAgent, signal }: { readonly userAgent: string; readonly signal: AbortSignal },
): Promise<{ status: number; text: string }> {
  const url = new URL(location);
  const request = url.protocol === 'https:' ? (await import('node:https')).request : requestHttp;
  const late = AbortSignal.timeout(requestMs);
  return new Promise((resolve, reject) => {
    const sent = request(url, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json; charset=utf-8',
        'Content-Length': Buffer.byteLength(body),
        'User-Agent': userAgent,
      },
      signal: AbortSignal.any([signal, late]),
    });
    const fail = (error: Error): void => reject(late.aborted ? new Error(`no answer in ${requestMs / 1000} s`) : error);
    sent.on('error', fail);
    sent.on('response', (response: IncomingMessage) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (more: string) => {
        text = (text + more).slice(0, detailBytes);
      });
      response.on('error', fail);
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
    });
    sent.end(body);
  });
}

function sorted(labels: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
}
