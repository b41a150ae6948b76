import type { IncomingMessage, Server, ServerOptions, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { createServer, STATUS_CODES } from '../../plain-http/plain-http.ts';
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
  // Who offers another protocol, as curl does with h2c, is answered in this one.
  const shouldUpgradeCallback = (request: IncomingMessage): boolean => {
    return request.method === 'GET' && websockets.test(targetOf(request).path);
  };
  const server = createRequestServer([...routes, websocketRoute(executions)], log, { shouldUpgradeCallback });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    upgrade(executions, { request, socket, head }).catch((error: Error) => {
      log(`internal error: ${error.stack}`);
      socket.destroy();
    });
  });
  return server;
}

/** The same without websockets. */
export function createRequestServer(
  routes: readonly Route[],
  log: (message: string) => void,
  options: ServerOptions = {},
): Server {
  const table = routes.map((route) => ({ route, pattern: patternOf(route.path) }));
  const server = createServer(options, (request, response) => {
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
    const { path, query } = targetOf(request);
    const found = table.find(({ pattern }) => pattern.test(path));
    if (!found) throw new Refusal(404, 'invalid API endpoint requested');
    const handler = request.method === 'GET' || request.method === 'POST' ? found.route[request.method] : undefined;
    if (!handler) throw new Refusal(405, `method "${request.method}" not allowed`);
    const params = (found.pattern.exec(path) ?? []).slice(1).map(decodeURIComponent);
    const call: Call = {
      request,
      response,
      query,
      params,
      gone: gone.signal,
      body: () => readBody(request),
    };
    const answered = await handler(call);
    if (answered !== null) sendAnswer(response, answered);
  } catch (error) {
    // The client went away in the middle of its request: there is nobody to tell, and nothing is wrong here.
    if (request.destroyed && !request.complete) return;
    if (error instanceof Refusal) return sendRefusal(response, error);
    if (error instanceof URIError) return sendRefusal(response, new Refusal(400, 'invalid URL escape'));
    log(`internal error: ${(error as Error).stack}`);
    sendRefusal(response, new Refusal(500, `internal error: ${(error as Error).message}`));
  }
}

/** What a websocket is asked for by, and the refusal of whoever asks without wanting one. */
const websockets = /^\/v1\/tasks\/([^/]+)\/websocket\/([^/]+)$/;

function websocketRoute(executions: Executions): Route {
  return {
    path: '/v1/tasks/{id}/websocket/{name}',
    GET: ({ params: [task = '', name = ''] }) => {
      const why = executions.whyNotConnect(task, name);
      throw new Refusal(
        why?.statusCode ?? 400,
        why?.message ?? 'websocket: the client is not using the websocket protocol',
      );
    },
  };
}

async function upgrade(
  executions: Executions,
  opened: { request: IncomingMessage; socket: Duplex; head: Buffer },
): Promise<void> {
  const { request, socket } = opened;
  socket.on('error', () => undefined);
  const [, task = '', name = ''] = websockets.exec(targetOf(request).path) ?? [];
  const why = executions.whyNotConnect(task, name);
  if (why === null) return executions.connect(task, name as SocketName, opened);
  const { statusCode, message } = why;
  const status = STATUS_CODES[statusCode];
  const body = JSON.stringify({ type: 'error', 'status-code': statusCode, status, result: { message } });
  const head = `HTTP/1.1 ${statusCode} ${status}\r\nContent-Type: application/json\r\nConnection: close`;
  socket.end(`${head}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
}

/** The target of a request, which may be any text; by way of a proxy it begins with a scheme and a host. */
function targetOf(request: IncomingMessage): { path: string; query: URLSearchParams } {
  const text = (request.url ?? '').replace(/^https?:\/\/[^/?]*/i, '');
  const at = text.includes('?') ? text.indexOf('?') : text.length;
  return { path: text.slice(0, at) || '/', query: new URLSearchParams(text.slice(at + 1)) };
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
