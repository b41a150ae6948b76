import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ErrorKind } from '../../pebble/types.ts';
import { STATUS_CODES } from '../../plain-http/plain-http.ts';
import { type Decoded, decodeJson, JsonRefused, type Shape } from '../json-shape.ts';

/** What a call is answered with, but for the envelope. */
export interface Answer {
  readonly type: 'sync' | 'async';
  readonly statusCode: number;
  readonly change?: string;
  /** Absent: no `result` key. */
  readonly result?: unknown;
}

/** A call as a handler sees it. */
export interface Call {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly query: URLSearchParams;
  /** Parts of the path that the route leaves open. */
  readonly params: readonly string[];
  /** Aborts when the client has gone. */
  readonly gone: AbortSignal;
  body(): Promise<Buffer>;
}

/** Null: the handler has answered by itself. */
export type Handler = (call: Call) => Answer | null | Promise<Answer | null>;

/** The call is refused. The message is Pebble's. */
export class Refusal extends Error {
  readonly statusCode: number;
  readonly kind: ErrorKind | undefined;

  constructor(statusCode: number, message: string, kind?: ErrorKind) {
    super(message);
    this.statusCode = statusCode;
    this.kind = kind;
  }
}

export function sync(result: unknown, statusCode = 200): Answer {
  return { type: 'sync', statusCode, ...(result === undefined ? {} : { result }) };
}

/** Work was accepted; the change tells how it goes on. */
export function accepted(change: string, result: unknown = null): Answer {
  return { type: 'async', statusCode: 202, change, result };
}

export function badRequest(message: string): Refusal {
  return new Refusal(400, message);
}

/** The body as JSON of that shape. Refuses with `what: why`. */
export function readJson<const S extends Shape>(call: Call, what: string, shape: S): Promise<Decoded<S>> {
  return readBody(call, what, shape) as Promise<Decoded<S>>;
}

async function readBody(call: Call, what: string, shape: Shape): Promise<unknown> {
  const text = (await call.body()).toString('utf8');
  try {
    return decodeJson(text, shape);
  } catch (error) {
    throw error instanceof JsonRefused ? badRequest(`${what}: ${error.message}`) : error;
  }
}

/** Values of a query parameter that may be given several times and hold commas. */
export function commaList(query: URLSearchParams, name: string): string[] {
  return query
    .getAll(name)
    .flatMap((value) => value.split(','))
    .map((value) => value.trim())
    .filter((value) => value !== '');
}

export function sendAnswer(response: ServerResponse, answer: Answer): void {
  const { type, statusCode, change, result } = answer;
  send(response, statusCode, {
    type,
    'status-code': statusCode,
    status: STATUS_CODES[statusCode],
    ...(change === undefined ? {} : { change }),
    ...(result === undefined ? {} : { result }),
  });
}

export function sendRefusal(response: ServerResponse, { statusCode, message, kind }: Refusal): void {
  const shown = kind ?? (statusCode === 401 ? 'login-required' : undefined);
  send(response, statusCode, {
    type: 'error',
    'status-code': statusCode,
    status: STATUS_CODES[statusCode],
    result: { message, ...(shown ? { kind: shown } : {}) },
  });
}

function send(response: ServerResponse, statusCode: number, envelope: object): void {
  if (response.headersSent) {
    response.end();
    return;
  }
  const body = JSON.stringify(envelope);
  response.writeHead(statusCode, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) });
  response.end(body);
}
