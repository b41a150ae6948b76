import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Push {
  readonly headers: IncomingHttpHeaders;
  readonly body: {
    readonly streams: readonly {
      readonly stream: Readonly<Record<string, string>>;
      readonly values: readonly (readonly [string, string])[];
    }[];
  };
}

/** Takes pushes as Loki does, and keeps equal lines (same labels, time and text) once. */
export interface LokiSink extends AsyncDisposable {
  readonly location: string;
  /** Every push, also those that were answered with an error. */
  readonly pushes: readonly Push[];
  /** With what the next pushes are answered; 204 at first. */
  status: number;
  /** The lines of a stream of this service that were accepted, in the order of their arrival. */
  lines(service: string): string[];
  /** Resolves when `holds` does; looks after each push. Rejects after `withinMs`. */
  until(what: string, holds: () => boolean, withinMs?: number): Promise<void>;
}

export async function lokiSink(): Promise<LokiSink> {
  const pushes: Push[] = [];
  const accepted = new Map<string, { service: string; line: string }>();
  const waiting = new Set<() => void>();
  const server = createServer(async (request, response) => {
    const push: Push = { headers: request.headers, body: JSON.parse(await text(request)) };
    pushes.push(push);
    if (sink.status < 300) {
      for (const { stream, values } of push.body.streams) {
        for (const [time, line] of values) {
          accepted.set(JSON.stringify([stream, time, line]), { service: stream.pebble_service ?? '', line });
        }
      }
    }
    response.writeHead(sink.status).end(sink.status < 300 ? '' : 'not now\n');
    for (const look of waiting) look();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const sink: LokiSink = {
    location: `http://127.0.0.1:${(server.address() as AddressInfo).port}/loki/api/v1/push`,
    pushes,
    status: 204,
    lines: (service) => [...accepted.values()].filter((each) => each.service === service).map(({ line }) => line),
    until(what, holds, withinMs = 60_000) {
      const done = Promise.withResolvers<void>();
      const timer = setTimeout(
        () => done.reject(new Error(`waited in vain until ${what}: ${JSON.stringify([...accepted.values()])}`)),
        withinMs,
      );
      const look = (): void => void (holds() && done.resolve());
      waiting.add(look);
      look();
      return done.promise.finally(() => {
        clearTimeout(timer);
        waiting.delete(look);
      });
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return sink;
}

async function text(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
