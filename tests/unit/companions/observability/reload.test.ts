import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { reload } from '../../../../src/companions/observability/reload.ts';

let server: Server;
let port: number;
let asked: string[];
let answer: { status: number; text: string };
let ready: number;

const listen = (on: number) => new Promise<void>((done) => server.listen(on, '127.0.0.1', done));
const away = () => new Promise((done) => server.close(done));

beforeEach(async () => {
  asked = [];
  answer = { status: 200, text: '' };
  ready = 200;
  server = createServer((request, response) => {
    if (request.url === '/-/ready') return response.writeHead(ready).end();
    asked.push(`${request.method} ${request.url}`);
    response.writeHead(answer.status).end(answer.text);
  });
  await listen(0);
  ({ port } = server.address() as AddressInfo);
});
afterEach(away);

test('has the server read its files, once', async () => {
  expect(await reload(port)).toEqual({ read: true });
  expect(asked).toEqual(['POST /-/reload']);
});

test('gives the reason of a server that does not like its files', async () => {
  answer = { status: 500, text: 'failed to reload config: no such key\n' };
  expect(await reload(port)).toEqual({ read: true, refused: 'failed to reload config: no such key' });
});

test('waits for a server that is just coming up, and knows that one that stays away has read nothing', async () => {
  await away();
  expect(await reload(port, 0)).toEqual({ read: false });
  const reloaded = reload(port, 60_000);
  ready = 503;
  await listen(port);
  expect(await reload(port, 0)).toEqual({ read: false });
  ready = 200;
  expect(await reloaded).toEqual({ read: true });
  expect(asked).toEqual(['POST /-/reload']);
});
