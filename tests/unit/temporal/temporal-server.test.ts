import { createServer } from 'node:http';
import {
  createServer as createHttp2Server,
  type Http2Server,
  type IncomingHttpHeaders,
  type ServerHttp2Stream,
} from 'node:http2';
import { type AddressInfo, createServer as createTcpServer, type Server } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { TemporalServer } from '../../../src/temporal/temporal-server.ts';

const open: { close(): void }[] = [];

afterEach(() => {
  for (const one of open.splice(0)) one.close();
});

/** The address of a server that answers every gRPC call with a status and no pollers. */
async function grpc(status: number, message = ''): Promise<number> {
  const server = createHttp2Server();
  server.on('stream', (stream: ServerHttp2Stream, _headers: IncomingHttpHeaders) => {
    stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
    stream.once('wantTrailers', () =>
      stream.sendTrailers({ 'grpc-status': String(status), 'grpc-message': encodeURIComponent(message) }),
    );
    stream.end(status === 0 ? Buffer.alloc(5) : undefined);
  });
  return listen(server);
}

async function listen(server: Server | Http2Server): Promise<number> {
  open.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

function ask(port: number) {
  const server = new TemporalServer({ host: '127.0.0.1', port, namespace: 'ns', queue: 'q' });
  open.push(server);
  return server.pollers();
}

test('tells who polls', async () => {
  expect(await ask(await grpc(0))).toMatchObject({ outcome: 'answered', pollers: [] });
});

test.each([
  { name: 'a namespace that is not there', status: 5, answer: { outcome: 'namespace not found' } },
  { name: 'a refusal', status: 7, answer: { outcome: 'unknown', why: 'the server denied the question: no, never' } },
  {
    name: 'an expired credential',
    status: 16,
    answer: { outcome: 'unknown', why: 'the server denied the question: no, never' },
  },
  { name: 'a failure', status: 13, answer: { outcome: 'unknown', why: 'the server did not tell: no, never' } },
])('tells $name', async ({ status, answer }) => {
  expect(await ask(await grpc(status, 'no,\n never'))).toEqual(answer);
});

test('tells that nobody listens', async () => {
  const server = createTcpServer();
  const port = await listen(server);
  await new Promise((resolve) => server.close(resolve));
  expect(await ask(port)).toEqual({ outcome: 'unreachable', why: 'connection refused' });
});

test('tells that a web server is none', async () => {
  const answer = await ask(await listen(createServer((_request, response) => response.end('hello'))));
  expect(answer).toMatchObject({ outcome: 'unknown' });
});

test('does not wait for ever for a server that accepts and is silent', { timeout: 10_000 }, async () => {
  const sockets: { destroy(): void }[] = [];
  const port = await listen(createTcpServer((socket) => void sockets.push(socket)));
  const answer = await ask(port);
  for (const socket of sockets) socket.destroy();
  expect(answer).toEqual({ outcome: 'unknown', why: 'the server did not tell: no answer within 2 s' });
});
