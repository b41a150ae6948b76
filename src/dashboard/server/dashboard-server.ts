import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createServer } from '../../plain-http/plain-http.ts';
import { readAssets } from './assets.ts';
import { hasLogin, isForUs, type Login, securityHeaders } from './guard.ts';
import { fail, passOn, scrapeInterval } from './prometheus-proxy.ts';
import type { View } from './view.ts';

export interface DashboardServerOptions {
  /** On 127.0.0.1; 0: a free one. */
  readonly port: number;
  /** Tells what to draw; called at each load of the page, and at each question. */
  look(): Promise<View>;
  /** Who may see it; absent: whoever reaches the port. */
  readonly login?: Login;
  /** May other pages show this one in a frame? */
  readonly embedding?: boolean;
  /** How long Prometheus may take for an answer; 30 s unless told. */
  readonly queryTimeoutMs?: number;
  /** Metrics of this server's own, as Prometheus reads them. */
  metrics?(): Promise<{ readonly type: string; readonly text: string }>;
}

export interface DashboardServer {
  /** `http://127.0.0.1:3000`. */
  readonly url: string;
  close(): Promise<void>;
}

/** Serves the dashboards as a web page on 127.0.0.1. Rejects when the port is taken. */
export async function startDashboardServer(options: DashboardServerOptions): Promise<DashboardServer> {
  const assets = readAssets();
  const headers = securityHeaders(options.embedding === true);
  const server = createServer((request, response) => {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    answer(request, response).catch((error: Error) => {
      if (response.headersSent) response.destroy();
      else fail(response, 500, 'internal', error.message);
    });
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!isForUs(request))
      return fail(response, 403, 'forbidden', 'this server answers to 127.0.0.1 and localhost only');
    if (!URL.canParse(request.url ?? '', 'http://127.0.0.1')) return fail(response, 400, 'bad_data', 'no such path');
    const { pathname, search } = new URL(request.url!, 'http://127.0.0.1');
    if (pathname === '/api/health') return send(response, { database: 'ok', server: 'charmlet' });
    if (pathname === '/metrics' && options.metrics) {
      const { type, text } = await options.metrics();
      response.writeHead(200, { 'content-type': type });
      response.end(text);
      return;
    }
    if (options.login && !hasLogin(request, options.login)) {
      response.setHeader('www-authenticate', 'Basic realm="Grafana", charset="UTF-8"');
      return fail(
        response,
        401,
        'unauthorized',
        'user and password are wanted (charmlet run <unit> get-admin-password)',
      );
    }
    const asset = assets.get(pathname.startsWith('/d/') ? '/' : pathname);
    if (asset) {
      const fresh = request.headers['if-none-match'] === asset.tag;
      response.writeHead(fresh ? 304 : 200, {
        'content-type': asset.type,
        'cache-control': 'no-cache',
        etag: asset.tag,
      });
      response.end(fresh || request.method === 'HEAD' ? undefined : asset.body);
      return;
    }
    if (pathname.startsWith('/api/')) return answerApi(request, response, { pathname, search });
    fail(response, 404, 'not_found', `there is no ${pathname}`);
  }

  /** Paths are Grafana's own, so that what asks Grafana finds the same here. */
  async function answerApi(
    request: IncomingMessage,
    response: ServerResponse,
    { pathname, search }: { readonly pathname: string; readonly search: string },
  ): Promise<void> {
    const timeoutMs = options.queryTimeoutMs ?? 30_000;
    if (pathname === '/api/user') return send(response, { login: options.login?.user ?? 'anonymous' });
    const view = await options.look();
    if (pathname === '/api/search') {
      return send(
        response,
        view.dashboards.map(({ uid, title }) => ({ uid, title, url: `/d/${uid}` })),
      );
    }
    if (pathname === '/api/notes') return send(response, view.notes);
    if (pathname === '/api/datasources') {
      return send(
        response,
        view.sources.map(({ name, type }) => ({ uid: name, name, type })),
      );
    }
    const [, uid] = /^\/api\/dashboards\/uid\/([^/]+)$/.exec(pathname) ?? [];
    if (uid !== undefined) {
      const dashboard = view.dashboards.find((one) => one.uid === decodeURIComponent(uid));
      if (!dashboard) return fail(response, 404, 'not_found', 'there is no dashboard of this uid');
      return send(response, { dashboard: JSON.parse(dashboard.json) });
    }
    const [, name = '', path = ''] = /^\/api\/datasources\/proxy\/uid\/([^/]+)(\/.*)$/.exec(pathname) ?? [];
    const source = view.sources.find((one) => one.name === decodeURIComponent(name) && one.type === 'prometheus');
    if (!source) return fail(response, 404, 'not_found', `there is no ${pathname}`);
    if (path !== '/interval') return passOn(request, response, { source, path, search, timeoutMs });
    const interval = await scrapeInterval(source, timeoutMs).catch(() => undefined);
    return send(response, { interval: interval ?? null });
  }

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

function send(response: ServerResponse, value: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(JSON.stringify(value));
}
