import { connect } from 'node:net';
import { PebbleApiError, PebbleConnectionError } from './errors.ts';

/**
 * Several GET requests over one connection, answered in order: what a short-lived process needs that would spend more
 * time on loading an HTTP library than on asking. Resolves with the `result` of each envelope. Rejects with
 * `PebbleConnectionError`, or with `PebbleApiError` for the first request that was refused.
 */
export function readMany(socket: string, paths: readonly string[], timeoutMs = 10_000): Promise<readonly unknown[]> {
  return new Promise((resolve, reject) => {
    const connection = connect(socket);
    const fail = (message: string, code: string, cause?: unknown) => {
      connection.destroy();
      reject(new PebbleConnectionError(`cannot reach Pebble at "${socket}": ${message}`, { code, cause }));
    };
    const answers = new AnswerReader(paths.length);
    connection.setTimeout(timeoutMs, () => fail(`no answer within ${timeoutMs / 1000}s`, 'ETIMEDOUT'));
    connection.once('error', (error: NodeJS.ErrnoException) => fail(error.message, error.code ?? 'EUNKNOWN', error));
    connection.once('end', () => fail('it hung up', 'ECONNRESET'));
    connection.on('data', (chunk: Buffer) => {
      try {
        if (!answers.add(chunk)) return;
        connection.destroy();
        resolve(answers.bodies.map(resultOf));
      } catch (error) {
        connection.destroy();
        reject(error);
      }
    });
    connection.write(paths.map((path) => `GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`).join(''));
  });
}

/** Splits a stream of HTTP/1.1 answers, of known length or chunked, into their bodies. */
class AnswerReader {
  readonly bodies: string[] = [];
  readonly #wanted: number;
  #rest: Buffer = Buffer.alloc(0);

  constructor(wanted: number) {
    this.#wanted = wanted;
  }

  /** True when every answer is there. */
  add(chunk: Buffer): boolean {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    while (this.bodies.length < this.#wanted) {
      const answer = firstAnswer(this.#rest);
      if (answer === null) return false;
      this.bodies.push(answer.body);
      this.#rest = this.#rest.subarray(answer.end);
    }
    return true;
  }
}

/** The first whole answer of the buffer and where the next one begins; null while it is not whole. */
function firstAnswer(buffer: Buffer): { readonly body: string; readonly end: number } | null {
  const blank = buffer.indexOf('\r\n\r\n');
  if (blank < 0) return null;
  const head = buffer.toString('latin1', 0, blank).toLowerCase();
  const start = blank + 4;
  if (/\r\ntransfer-encoding: *chunked/.test(head)) return chunkedBody(buffer, start);
  const [, length] = /\r\ncontent-length: *(\d+)/.exec(head) ?? [];
  if (length === undefined)
    throw new PebbleApiError("cannot read Pebble's answer: it has no length", { statusCode: 0 });
  const end = start + Number(length);
  return buffer.length < end ? null : { body: buffer.toString('utf8', start, end), end };
}

function chunkedBody(buffer: Buffer, start: number): { readonly body: string; readonly end: number } | null {
  const pieces: Buffer[] = [];
  for (let at = start; ; ) {
    const line = buffer.indexOf('\r\n', at);
    if (line < 0) return null;
    const size = Number.parseInt(buffer.toString('latin1', at, line), 16);
    if (!(size >= 0)) throw new PebbleApiError("cannot read Pebble's answer: a chunk has no size", { statusCode: 0 });
    const end = line + 2 + size + 2;
    if (buffer.length < end) return null;
    if (size === 0) return { body: Buffer.concat(pieces).toString('utf8'), end };
    pieces.push(buffer.subarray(line + 2, end - 2));
    at = end;
  }
}

interface Answer {
  readonly type: string;
  readonly 'status-code': number;
  readonly result?: unknown;
}

function resultOf(body: string): unknown {
  const answer = JSON.parse(body) as Answer;
  if (answer.type !== 'error') return answer.result;
  const { message = 'no message', kind } = (answer.result ?? {}) as { message?: string; kind?: string };
  throw new PebbleApiError(message, { statusCode: answer['status-code'], kind });
}
