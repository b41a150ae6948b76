import type { IncomingMessage } from 'node:http';
import { request } from '../plain-http/plain-http.ts';
import { PebbleApiError, PebbleConnectionError } from './errors.ts';

export interface PebbleRequest {
  readonly method: 'GET' | 'POST';
  /** With its query string. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  /** How long the daemon may take to begin its answer; 0 for no bound. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** What stands in every JSON answer around its `result`. */
export interface Envelope {
  readonly type: 'sync' | 'async' | 'error';
  readonly 'status-code': number;
  readonly status: string;
  readonly change?: string;
  readonly result?: unknown;
}

/** Sends one request over the Unix socket and resolves with the head of the answer; the body is still to be read. */
export function openResponse(socket: string, call: PebbleRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const headers: Record<string, string | number> = { Host: 'localhost', ...call.headers };
    if (call.body !== undefined) headers['Content-Length'] = Buffer.byteLength(call.body);
    // `agent: false`: a kept connection would be a dead one after the daemon's restart.
    const outgoing = request({
      socketPath: socket,
      agent: false,
      method: call.method,
      path: call.path,
      headers,
      ...(call.signal ? { signal: call.signal } : {}),
    });
    const timer =
      call.timeoutMs > 0
        ? setTimeout(() => outgoing.destroy(timedOut(call.timeoutMs)), call.timeoutMs).unref()
        : undefined;
    outgoing.on('error', (error) => {
      clearTimeout(timer);
      reject(call.signal?.aborted ? error : connectionError(socket, error));
    });
    outgoing.on('response', (response) => {
      clearTimeout(timer);
      resolve(response);
    });
    outgoing.end(call.body);
  });
}

/** Sends a request whose answer is JSON. Rejects with `PebbleApiError` when the daemon refuses it. */
export async function sendJson(socket: string, call: PebbleRequest): Promise<Envelope> {
  const response = await openResponse(socket, call);
  return readEnvelope(await readBody(socket, response), response.statusCode ?? 0);
}

/** Reads a body to its end. */
export async function readBody(socket: string, response: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of response) chunks.push(chunk as Buffer);
  } catch (error) {
    throw connectionError(socket, error as Error);
  }
  return Buffer.concat(chunks);
}

/** The envelope of an answer that is already read; throws the error that it carries. */
export function readEnvelope(body: Buffer, statusCode: number): Envelope {
  let envelope: Envelope;
  try {
    envelope = JSON.parse(body.toString('utf8')) as Envelope;
  } catch {
    throw new PebbleApiError(`cannot read Pebble's answer: HTTP ${statusCode} without JSON`, { statusCode });
  }
  if (envelope.type !== 'error') return envelope;
  const { message = 'no message', kind } = (envelope.result ?? {}) as { message?: string; kind?: string };
  throw new PebbleApiError(message, { statusCode: envelope['status-code'] ?? statusCode, kind });
}

/** Every error of a connection, wherever it broke, as the one class that callers test for. */
export function connectionError(socket: string, error: Error): PebbleConnectionError {
  if (error instanceof PebbleConnectionError) return error;
  const code = (error as NodeJS.ErrnoException).code ?? 'EUNKNOWN';
  return new PebbleConnectionError(`cannot reach Pebble at "${socket}": ${error.message}`, { code, cause: error });
}

function timedOut(timeoutMs: number): PebbleConnectionError {
  return new PebbleConnectionError(`cannot reach Pebble: no answer within ${timeoutMs / 1000}s`, { code: 'ETIMEDOUT' });
}
