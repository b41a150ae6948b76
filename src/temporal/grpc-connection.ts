import { type ClientHttp2Session, type ClientHttp2Stream, connect, type IncomingHttpHeaders } from 'node:http2';

/** The server was not there: no connection could be had. The message is a few words for people. */
export class UnreachableError extends Error {
  override readonly name = 'UnreachableError';
}

/** The server answered with another gRPC status than 0, or with something that is not gRPC (`code` -1). */
export class GrpcError extends Error {
  override readonly name = 'GrpcError';
  readonly code: number;

  constructor(code: number, message: string) {
    super(message || `gRPC status ${code}`);
    this.code = code;
  }
}

/**
 * Unary gRPC calls over one HTTP/2 connection, as https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md has it.
 * The gRPC library takes longer to load than a whole dispatch may last.
 */
export class GrpcConnection {
  readonly #session: ClientHttp2Session;
  readonly #connected: Promise<void>;

  /** `patienceMs`: how long the connection may take. */
  constructor(to: { readonly address: string; readonly patienceMs: number }) {
    this.#session = connect(`http://${to.address}`);
    this.#connected = untilConnected(this.#session, to.patienceMs);
    // Calls tell their own errors; one between two calls shows in `usable`.
    this.#connected.catch(() => undefined);
    this.#session.on('error', () => undefined);
  }

  get usable(): boolean {
    return !this.#session.closed && !this.#session.destroyed;
  }

  /** Resolves with the answer's message. Rejects with `UnreachableError` or `GrpcError`. */
  async call(of: { readonly path: string; readonly message: Buffer; readonly timeoutMs: number }): Promise<Buffer> {
    await this.#connected;
    const { path, message, timeoutMs } = of;
    const stream = this.#session.request({
      ':method': 'POST',
      ':path': path,
      'content-type': 'application/grpc',
      te: 'trailers',
      'grpc-timeout': `${timeoutMs}m`,
    });
    const head = Buffer.alloc(5);
    head.writeUInt32BE(message.length, 1);
    stream.end(Buffer.concat([head, message]));
    return readAnswer(stream, timeoutMs);
  }

  close(): void {
    this.#session.destroy();
  }
}

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ENOTFOUND: 'host not found',
  EAI_AGAIN: 'host name cannot be resolved',
  EHOSTUNREACH: 'no route to host',
  ENETUNREACH: 'network unreachable',
  ETIMEDOUT: 'no answer',
};

function untilConnected(session: ClientHttp2Session, patienceMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (why: string) => {
      clearTimeout(timer);
      reject(new UnreachableError(why));
      session.destroy();
    };
    // A timer of its own: a socket's timeout does not cover the name look-up.
    const timer = setTimeout(fail, patienceMs, `no answer within ${patienceMs / 1000} s`);
    session.once('error', (error: NodeJS.ErrnoException & { readonly errors?: readonly NodeJS.ErrnoException[] }) => {
      const code = error.code ?? error.errors?.[0]?.code ?? '';
      fail(reasons[code] ?? (code || error.message));
    });
    session.once('connect', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

function readAnswer(stream: ClientHttp2Stream, timeoutMs: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let status: IncomingHttpHeaders = {};
    const timer = setTimeout(() => stream.destroy(new Error(`no answer within ${timeoutMs / 1000} s`)), timeoutMs);
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    // An answer without a message has its status in the headers, any other in the trailers.
    stream.once('response', (headers) => {
      status = headers;
    });
    stream.once('trailers', (trailers) => {
      status = { ...status, ...trailers };
    });
    stream.once('error', (error) => reject(new GrpcError(-1, error.message)));
    stream.once('close', () => {
      clearTimeout(timer);
      const code = Number(status['grpc-status'] ?? -1);
      if (code === 0) return resolve(firstMessage(Buffer.concat(chunks)));
      reject(new GrpcError(code, code < 0 ? 'it does not speak gRPC' : decoded(String(status['grpc-message'] ?? ''))));
    });
  });
}

function firstMessage(body: Buffer): Buffer {
  return body.length < 5 ? Buffer.alloc(0) : body.subarray(5, 5 + body.readUInt32BE(1));
}

function decoded(message: string): string {
  try {
    return decodeURIComponent(message);
  } catch {
    return message;
  }
}
