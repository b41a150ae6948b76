import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { createServer } from '../../plain-http/plain-http.ts';
import type { SocketName } from '../exec/execution.ts';
import type { Executions } from '../exec/executions.ts';
import { type Call, type Handler, Refusal, sendAnswer, sendRefusal } from './answer.ts';

/** A path such as `/v1/changes/{id}/wait` and what answers its methods. */
export interface Route {
  readonly path: string;
  readonly GET?: Handler;
  readonly POST?: Handler;
  /** By TCP: `true` is answered to anybody, `metrics` to whoever has an identity for metrics; absent, to nobody. */
  readonly open?: true | 'metrics';
}

/** Larger bodies are refused: they are held in memory. */
const largestBody = 256 * 1024 * 1024;

/** An HTTP server that answers the routes in Pebble's envelope, and opens the websockets of running commands. */
export function createApiServer(
  routes: readonly Route[],
  executions: Executions,
  log: (message: string) => void,
): Server {
  const server = createRequestServer(routes, log);
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    void upgrade(executions, { request, socket, head });
  });
  return server;
}

/** The same without websockets. */
export function createRequestServer(routes: readonly Route[], log: (message: string) => void): Server {
  const table = routes.map((route) => ({ route, pattern: patternOf(route.path) }));
  const server = createServer((request, response) => {
    void answer(table, request, response, log);
  });
  // A request may wait for as long as a change takes, and a follower of logs for ever.
  server.requestTimeout = 0;
  server.headersTimeout = 10_000;
  return server;
}

type Table = readonly { readonly route: Route; readonly pattern: RegExp }[];

async function answer(
  table: Table,
  request: IncomingMessage,
  response: ServerResponse,
  log: (message: string) => void,
): Promise<void> {
  const gone = new AbortController();
  response.on('close', () => gone.abort());
  response.on('error', () => undefined);
  try {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const found = table.find(({ pattern }) => pattern.test(url.pathname));
    if (!found) throw new Refusal(404, 'invalid API endpoint requested');
    const handler = request.method === 'GET' || request.method === 'POST' ? found.route[request.method] : undefined;
    if (!handler) throw new Refusal(405, `method "${request.method}" not allowed`);
    const params = (found.pattern.exec(url.pathname) ?? []).slice(1).map(decodeURIComponent);
    const call: Call = {
      request,
      response,
      query: url.searchParams,
      params,
      gone: gone.signal,
      body: () => readBody(request),
    };
    const answered = await handler(call);
    if (answered !== null) sendAnswer(response, answered);
  } catch (error) {
    if (error instanceof Refusal) return sendRefusal(response, error);
    if (error instanceof URIError) return sendRefusal(response, new Refusal(400, 'invalid URL escape'));
    log(`internal error: ${(error as Error).stack}`);
    sendRefusal(response, new Refusal(500, `internal error: ${(error as Error).message}`));
  }
}

async function upgrade(
  executions: Executions,
  opened: { request: IncomingMessage; socket: Duplex; head: Buffer },
): Promise<void> {
  const { request, socket } = opened;
  socket.on('error', () => undefined);
  const match = /^\/v1\/tasks\/([^/]+)\/websocket\/([^/]+)$/.exec(
    new URL(request.url ?? '/', 'http://localhost').pathname,
  );
  const [, task = '', name = ''] = match ?? [];
  const why = match
    ? executions.whyNotConnect(task, name)
    : { statusCode: 404, message: 'invalid API endpoint requested' };
  if (why === null) return executions.connect(task, name as SocketName, opened);
  const body = JSON.stringify({ type: 'error', 'status-code': why.statusCode, result: { message: why.message } });
  const head = `HTTP/1.1 ${why.statusCode} Refused\r\nContent-Type: application/json\r\nConnection: close`;
  socket.end(`${head}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += (chunk as Buffer).length;
    if (size > largestBody) throw new Refusal(413, `request body larger than ${largestBody} bytes`);
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}

function patternOf(path: string): RegExp {
  return new RegExp(`^${path.replaceAll(/\{[^}]+\}/g, '([^/]+)')}$`);
}
