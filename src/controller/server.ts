import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from '../plain-http/plain-http.ts';
import { jsonProblem } from '../supervisor/json-problem.ts';
import type { ApiError, Method, Methods } from './api.ts';
import type { ControllerLog } from './context.ts';
import { isDiskFull, messageOf, UserError } from './errors.ts';

/** What a method is given beside its parameters. */
export interface Caller<M extends Method> {
  /** Sends an event. */
  readonly tell: (event: Methods[M]['event']) => void;
  /** Which model the call is for, as it was typed; undefined for the one in focus. */
  readonly model: string | undefined;
  /** Aborts when the client hangs up. */
  readonly signal: AbortSignal;
}

export type Handlers = {
  readonly [M in Method]: (
    params: Methods[M]['params'],
    caller: Caller<M>,
  ) => Promise<Methods[M]['result']> | Methods[M]['result'];
};

/** A call's body: `environment` files and the like are small. */
const maxBodyBytes = 64 << 20;

/** Answers calls as api.ts says. It does not listen yet. */
export function apiServer(handlers: Handlers, log: ControllerLog): Server {
  const server = createServer((request, response) => {
    answer(handlers, request, response, log).catch((error: unknown) =>
      log.error({ err: error }, 'internal error: a call could not be answered'),
    );
  });
  // Followers stay connected without a word; the peer is on this machine.
  server.requestTimeout = 0;
  server.headersTimeout = 0;
  server.keepAliveTimeout = 1000;
  return server;
}

async function answer(
  handlers: Handlers,
  request: IncomingMessage,
  response: ServerResponse,
  log: ControllerLog,
): Promise<void> {
  const hangUp = new AbortController();
  response.on('close', () => hangUp.abort());
  response.on('error', () => hangUp.abort());
  const send = (reply: object): void => {
    if (!response.writableEnded && !response.destroyed) response.write(`${JSON.stringify(reply)}\n`);
  };
  const [, name, ofModel] = /^\/v1\/([A-Za-z]+)(?:\?model=([^&]*))?$/.exec(request.url ?? '') ?? [];
  response.writeHead(200, { 'content-type': 'application/x-ndjson', connection: 'close' });
  try {
    if (request.method !== 'POST' || !name || !Object.hasOwn(handlers, name)) {
      throw new UserError(
        `this controller has no method "${name ?? request.url}" (it may be of another version than this charmlet: run "charmlet stop")`,
      );
    }
    const params = await readParams(request);
    const handler = handlers[name as Method] as (params: unknown, caller: Caller<Method>) => unknown;
    const model = ofModel === undefined ? undefined : decodeURIComponent(ofModel);
    const result = await handler(params, { model, tell: (event) => send({ event }), signal: hangUp.signal });
    send({ result: result ?? {} });
  } catch (error) {
    const isFull = isDiskFull(error);
    if (isFull) log.warn({ method: name, err: error }, 'a call failed: no space is left on the disk');
    else if (!(error instanceof UserError)) log.error({ method: name, err: error }, 'internal error: a call failed');
    send({ error: isFull ? noSpace : toApiError(error) });
  }
  response.end();
}

async function readParams(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += (chunk as Buffer).length;
    if (size > maxBodyBytes) throw new UserError('cannot read the call: it is larger than 64 MiB');
    chunks.push(chunk as Buffer);
  }
  const text = Buffer.concat(chunks).toString();
  try {
    return text === '' ? {} : JSON.parse(text);
  } catch (error) {
    throw new UserError(`cannot read the call: ${jsonProblem(error)}`, { exitCode: 2 });
  }
}

const noSpace: ApiError = {
  message: 'cannot write: no space is left on the disk of the data directory (make some, then repeat the command)',
  exitCode: 1,
};

function toApiError(error: unknown): ApiError {
  if (error instanceof UserError) return { message: error.message, exitCode: error.exitCode };
  return { message: `internal error: ${messageOf(error)}`, exitCode: 1 };
}
