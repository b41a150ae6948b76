import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createServer } from '../../plain-http/plain-http.ts';
import type { ControllerLog } from '../context.ts';
import { messageOf, UserError } from '../errors.ts';

/** Names the port, or `off`. */
export const portVariable = 'CHARMLET_METRICS_PORT';

export interface MetricsServer {
  /** `127.0.0.1:38123`; undefined: metrics are switched off. */
  readonly address: string | undefined;
  close(): Promise<void>;
}

/**
 * Serves `render()` at `http://127.0.0.1:<port>/metrics`, to this machine alone. The port is the one that the
 * environment names, else the one that `portFile` remembers, else a free one, which is remembered. Rejects when the
 * port that was named cannot be had.
 */
export async function serveMetrics(options: {
  readonly env: NodeJS.ProcessEnv;
  readonly portFile: string;
  readonly log: ControllerLog;
  readonly render: () => Promise<string>;
}): Promise<MetricsServer> {
  const { env, portFile, log, render } = options;
  const named = namedPort(env[portVariable]);
  if (named === 'off') return { address: undefined, close: async () => {} };
  const server = metricsServer(render, log);
  if (named !== undefined) await listen(server, named).catch((error: unknown) => refuse(named, error));
  else {
    await listen(server, rememberedPort(portFile)).catch(async () => {
      server.removeAllListeners('listening');
      await listen(server, 0);
    });
    writeFileSync(portFile, `${portOf(server)}\n`, { mode: 0o600 });
  }
  return {
    address: `127.0.0.1:${portOf(server)}`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function metricsServer(render: () => Promise<string>, log: ControllerLog): Server {
  return createServer((request, response) => {
    const plain = (status: number, text: string): void => {
      response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(`${text}\n`);
    };
    // A page in a browser may have a name of its own lead here; what it asks for then has that name.
    if (!/^(127\.0\.0\.1|localhost)(:\d+)?$/i.test(request.headers.host ?? '')) return plain(403, 'not by that name');
    if (request.url?.split('?')[0] !== '/metrics') return plain(404, 'metrics are at /metrics');
    if (request.method !== 'GET' && request.method !== 'HEAD') return plain(405, 'GET only');
    render().then(
      (text) => response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' }).end(text),
      (error: unknown) => {
        log.error({ err: error }, 'internal error: metrics could not be read');
        plain(500, 'internal error (the controller has logged it)');
      },
    );
  });
}

function namedPort(text: string | undefined): number | 'off' | undefined {
  if (text === undefined || text === '') return undefined;
  if (text === 'off') return 'off';
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port >= 1 && port <= 65_535) return port;
  throw new UserError(`cannot use ${portVariable}: got "${text}" (a port from 1 to 65535, or "off")`);
}

/** 0, any free one, when nothing is remembered. */
function rememberedPort(file: string): number {
  try {
    const port = Number(readFileSync(file, 'utf8'));
    return Number.isInteger(port) && port > 0 && port <= 65_535 ? port : 0;
  } catch {
    return 0;
  }
}

async function listen(server: Server, port: number): Promise<void> {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
}

function refuse(port: number, cause: unknown): never {
  const taken = (cause as NodeJS.ErrnoException).code === 'EADDRINUSE';
  throw new UserError(
    `cannot serve metrics on 127.0.0.1:${port}: ${taken ? 'the port is taken' : messageOf(cause)} (free it, set ${portVariable} to another one, or to "off")`,
    { cause },
  );
}

const portOf = (server: Server): number => (server.address() as AddressInfo).port;
