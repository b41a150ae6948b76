import { createServer } from 'node:http';
import {
  createServer as createHttp2Server,
  type Http2Server,
  type IncomingHttpHeaders,
  type ServerHttp2Stream,
} from 'node:http2';
import { type AddressInfo, createServer as createTcpServer, type Server } from 'node:net';
import { temporal } from '@temporalio/proto';
import { afterEach, expect, test } from 'vitest';
import { TemporalServer } from '../../../src/temporal/temporal-server.ts';

const open: { close(): void }[] = [];

afterEach(() => {
  for (const one of open.splice(0)) one.close();
});

const { DescribeTaskQueueResponse } = temporal.api.workflowservice.v1;

/** The port of a server that answers every gRPC call with a status, or with these bytes. */
async function grpc(status: number, message = '', body: Uint8Array = new Uint8Array()): Promise<number> {
  const frame = Buffer.concat([Buffer.alloc(5), body]);
  frame.writeUInt32BE(body.length, 1);
  const server = createHttp2Server();
  server.on('stream', (stream: ServerHttp2Stream, _headers: IncomingHttpHeaders) => {
    stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
    stream.once('wantTrailers', () =>
      stream.sendTrailers({ 'grpc-status': String(status), 'grpc-message': encodeURI(message) }),
    );
    stream.end(status === 0 ? frame : undefined);
  });
  return listen(server);
}

async function listen(server: Server | Http2Server): Promise<number> {
  open.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

function ask(port: number) {
  const place = { host: '127.0.0.1', port, namespace: 'ns', queue: 'q', tls: null, apiKey: null };
  const server = new TemporalServer(place);
  open.push(server);
  return server.pollers();
}

test('tells who polls, from wherever in the answer it stands', async () => {
  const poller = (identity: string, seconds: number) => ({
    identity,
    lastAccessTime: { seconds: seconds as never, nanos: 250_000_000 },
    ratePerSecond: 100_000,
  });
  const answer = DescribeTaskQueueResponse.encode({
    pollers: [poller('old', 1_795_000_000)],
    versionsInfo: {
      '': { typesInfo: { 1: { pollers: [poller('a', 1_795_000_001)] }, 2: { pollers: [poller('b', 1_795_000_002)] } } },
    },
  }).finish();
  const asked = await ask(await grpc(0, '', answer));
  if (asked.outcome !== 'answered') throw new Error(JSON.stringify(asked));
  // Each of the four questions gets this one answer.
  expect(asked.pollers.slice(0, 3)).toEqual([
    { identity: 'old', lastAccess: 1_795_000_000_250 },
    { identity: 'a', lastAccess: 1_795_000_001_250 },
    { identity: 'b', lastAccess: 1_795_000_002_250 },
  ]);
  expect(asked.pollers).toHaveLength(12);
});

test('takes an answer without pollers for what it is', async () => {
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
  expect(answer).toEqual({ outcome: 'unknown', why: 'no gRPC connection could be made: Protocol error' });
});

test('tells that a host has no address', async () => {
  const place = { host: 'nowhere.invalid', port: 7233, namespace: 'ns', queue: 'q', tls: null, apiKey: null };
  const server = new TemporalServer(place);
  open.push(server);
  expect(await server.pollers()).toEqual({ outcome: 'unreachable', why: 'host not found' });
});

test('cannot know what a server without TLS would say to one that needs it', async () => {
  const port = await listen(createServer((_request, response) => response.end('hello')));
  const tls = { rootCas: null, client: null, serverName: null };
  const server = new TemporalServer({ host: '127.0.0.1', port, namespace: 'ns', queue: 'q', tls, apiKey: null });
  open.push(server);
  expect(await server.pollers()).toEqual({
    outcome: 'unknown',
    why: 'no gRPC connection could be made: wrong version number',
  });
});

test('does not wait for ever for a server that accepts and is silent', { timeout: 10_000 }, async () => {
  const sockets: { destroy(): void }[] = [];
  const port = await listen(createTcpServer((socket) => void sockets.push(socket)));
  const answer = await ask(port);
  for (const socket of sockets) socket.destroy();
  expect(answer).toEqual({ outcome: 'unreachable', why: 'no answer within 2 s' });
});
