import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { readHealth } from '../../../src/agent/health-answer.ts';

let server: Server | undefined;
afterEach(() => server?.close());

/** What the agent makes of a page that a worker serves. */
async function told(page: unknown, status = 200) {
  const text = typeof page === 'string' ? page : JSON.stringify(page);
  server = createServer((request, response) => {
    response.writeHead(request.url === '/healthz' ? status : 404).end(text);
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return readHealth({ host: '127.0.0.1', port: (server.address() as AddressInfo).port });
}

const page = { identity: 'worker/0@12345678', startedAt: '2026-11-27T14:02:41.293Z', runState: 'RUNNING' };
const about = {
  outcome: 'answered',
  identity: page.identity,
  startedAt: Date.parse(page.startedAt),
};

test.each([
  { name: 'seen polls', healthy: true, more: { poller: { seen: true } }, told: { polls: true, why: '' } },
  {
    name: 'polls that nobody told of',
    healthy: true,
    more: { poller: { seen: null } },
    told: { polls: null, why: '' },
  },
  {
    name: 'polls that fail',
    healthy: false,
    more: { poller: { seen: false, why: 'polls fail:\nUNAUTHENTICATED' } },
    told: { polls: false, why: 'polls fail: UNAUTHENTICATED' },
  },
  {
    name: 'a worker that drains',
    healthy: false,
    more: { runState: 'DRAINING', poller: { seen: true } },
    told: { polls: false, why: 'its state is DRAINING' },
  },
])('reads $name', async ({ healthy, more, told: expected }) => {
  expect(await told({ ...page, healthy, ...more }, healthy ? 200 : 503)).toEqual({ ...about, ...expected });
});

test.each([
  { name: 'metrics at any path', page: 'orders 7\n' },
  { name: 'a page without an end', page: `"${'x'.repeat(100_000)}"` },
  { name: 'null', page: 'null' },
  { name: 'health of another kind', page: { status: 'UP' } },
  { name: 'a time that is none', page: { ...page, healthy: true, startedAt: 'now' } },
])('takes $name for no health', async ({ page: other }) => {
  expect(await told(other)).toEqual({ outcome: 'none' });
});

test('nobody who answers is no health either', async () => {
  expect(await readHealth({ host: '127.0.0.1', port: 1 })).toEqual({ outcome: 'none' });
});
