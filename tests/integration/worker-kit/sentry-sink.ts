import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { until } from '../system/system.ts';

/** What the kit's tests look at in an event. */
export interface SentryEvent {
  readonly release?: string;
  readonly environment?: string;
  readonly tags?: Record<string, string>;
  readonly contexts?: Record<string, Record<string, unknown>>;
  readonly exception?: {
    readonly values: { readonly type: string; readonly value: string; readonly stacktrace?: unknown }[];
  };
}

/** Takes what Sentry's SDK sends, as Sentry's own address would. */
export interface SentrySink {
  readonly dsn: string;
  /** Every envelope as it came. */
  readonly envelopes: string[];
  /** Resolves with the first event of which this is true. */
  event(wanted: (event: SentryEvent) => boolean): Promise<SentryEvent>;
  close(): Promise<void>;
}

export async function startSentrySink(): Promise<SentrySink> {
  const envelopes: string[] = [];
  const server = createServer(async (request, response) => {
    const body = await buffer(request);
    envelopes.push((request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body).toString());
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    dsn: `http://publickey@127.0.0.1:${(server.address() as AddressInfo).port}/7`,
    envelopes,
    event: (wanted) => until('an event at the sink', 60_000, () => envelopes.flatMap(eventsIn).find(wanted)),
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

/** An envelope is lines of JSON: its header, then a header and a body for each item. */
function eventsIn(envelope: string): SentryEvent[] {
  const lines = envelope
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
  return lines.filter((_, index) => index > 0 && lines[index - 1]?.type === 'event');
}
