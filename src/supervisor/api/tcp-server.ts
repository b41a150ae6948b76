import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Handler, Refusal } from './answer.ts';
import { createRequestServer, type Route } from './server.ts';

/**
 * Answers by TCP what anybody may know, and metrics to whoever `mayReadMetrics`; refuses the rest. `address` is
 * `host:port`, `[host]:port` or `:port`. Rejects when it cannot listen there.
 */
export async function serveByTcp(
  address: string,
  routes: readonly Route[],
  { log, mayReadMetrics }: { log(message: string): void; mayReadMetrics(request: IncomingMessage): boolean },
): Promise<{ readonly address: string; close(): Promise<void> }> {
  const { host, port } = parseAddress(address);
  const server = createRequestServer([...routes.map((route) => guarded(route, mayReadMetrics)), websockets], log);
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (error) {
    throw new Error(`cannot listen on "${address}": ${(error as Error).message}`, { cause: error });
  }
  const bound = (server.address() as AddressInfo).port;
  return {
    address: address.replace(/\d+$/, String(bound)),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Their own server opens them. */
const websockets: Route = { path: '/v1/tasks/{id}/websocket/{name}', GET: deny };

function guarded(route: Route, mayReadMetrics: (request: IncomingMessage) => boolean): Route {
  const { path, open, GET, POST } = route;
  if (open === true) return route;
  if (open === 'metrics' && GET) return { path, GET: (call) => (mayReadMetrics(call.request) ? GET(call) : deny()) };
  return { path, ...(GET && { GET: deny as Handler }), ...(POST && { POST: deny as Handler }) };
}

function deny(): never {
  throw new Refusal(401, 'access denied');
}

function parseAddress(address: string): { host: string | undefined; port: number } {
  const [, six, host, digits = ''] = /^(?:\[([^\]]*)\]|([^:]*)):(\d{1,5})$/.exec(address) ?? [];
  const port = digits === '' ? Number.NaN : Number(digits);
  if (!(port <= 65_535)) throw new Error(`cannot listen on "${address}": this is no address (host:port or :port)`);
  return { host: six || host || undefined, port };
}
