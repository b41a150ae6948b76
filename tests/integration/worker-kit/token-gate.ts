import { once } from 'node:events';
import {
  type ClientHttp2Session,
  connect,
  constants,
  createSecureServer,
  createServer,
  type Http2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import type { AddressInfo } from 'node:net';

/** A gRPC proxy in front of a Temporal server that lets in only calls with a good `authorization` header. */
export interface TokenGate {
  /** `host:port`. */
  readonly address: string;
  /** What it answered since the start. */
  readonly counts: { let: number; refused: number };
  /** The headers of the calls that it let in, each once. */
  readonly tokens: Set<string>;
  /** Breaks every connection to it. */
  cut(): void;
  close(): Promise<void>;
}

const { HTTP2_HEADER_AUTHORITY, NGHTTP2_CANCEL } = constants;
const permissionDenied = '7';
const unauthenticated = '16';

/** `admit` says why a header is not good for a call, or `undefined` when it is. It is asked at every call. With `tls` it speaks TLS. */
export async function startTokenGate(
  backend: string,
  admit: (authorization: string | undefined, path: string) => string | undefined,
  tls?: { readonly cert: string; readonly key: string },
): Promise<TokenGate> {
  const counts = { let: 0, refused: 0 };
  const tokens = new Set<string>();
  const sessions = new Set<Http2Session>();
  let upstream: ClientHttp2Session | undefined;
  const server = tls ? createSecureServer(tls) : createServer();
  server.on('session', (session) => sessions.add(session.once('close', () => sessions.delete(session))));
  server.on('stream', (stream, headers) => {
    stream.on('error', () => {});
    const { authorization, ':path': path = '' } = headers;
    const problem = admit(authorization, path);
    if (problem) {
      counts.refused++;
      return refuse(stream, authorization === undefined ? unauthenticated : permissionDenied, problem);
    }
    counts.let++;
    tokens.add(authorization ?? '');
    if (!upstream || upstream.destroyed || upstream.closed)
      upstream = connect(`http://${backend}`).on('error', () => {});
    const { [HTTP2_HEADER_AUTHORITY]: _, authorization: _token, ...rest } = headers;
    const call = upstream.request({ ...rest, [HTTP2_HEADER_AUTHORITY]: backend });
    call.on('error', () => stream.close(NGHTTP2_CANCEL));
    stream.on('aborted', () => call.close(NGHTTP2_CANCEL));
    let trailers = {};
    call.on('trailers', ({ ...received }) => {
      trailers = received;
    });
    call.on('response', ({ ':status': status = 200, ...response }, flags) => {
      // Whoever asked may have gone while the server answered.
      if (stream.destroyed || stream.closed) return call.close(NGHTTP2_CANCEL);
      const only = (flags & constants.NGHTTP2_FLAG_END_STREAM) !== 0;
      stream.respond({ ':status': status, ...response }, { endStream: only, waitForTrailers: !only });
      stream.once('wantTrailers', () => stream.sendTrailers(trailers));
      if (!only) call.pipe(stream);
    });
    stream.pipe(call);
  });
  const cut = () => {
    for (const session of sessions) session.destroy();
  };
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    counts,
    tokens,
    cut,
    close: async () => {
      upstream?.destroy();
      cut();
      await new Promise((done) => server.close(done));
    },
  };
}

function refuse(stream: ServerHttp2Stream, code: string, message: string): void {
  const status = { 'grpc-status': code, 'grpc-message': encodeURIComponent(message) };
  const headers = { ':status': 200, 'content-type': 'application/grpc', ...status };
  stream.respond(headers, { endStream: true });
}
