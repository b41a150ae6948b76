import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Connection } from '@temporalio/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { PollersAnswer, PollingPlace } from '../../../src/temporal/temporal-server.ts';
import { startTemporal, type TemporalServer } from '../temporal-server.ts';

let temporal: TemporalServer;
let connection: Connection;

beforeAll(async () => {
  execFileSync(process.execPath, ['scripts/pack.ts', '--unpacked'], { stdio: 'inherit' });
  temporal = await startTemporal();
  connection = await Connection.connect({ address: temporal.address });
});
afterAll(async () => {
  await connection?.close();
  await temporal?.close();
});

/** The same question by the module as it stands here, and as the charm carries it. */
const modules = {
  'the source': '../../../src/temporal/temporal-server.ts',
  'the packed charm': fileURLToPath(new URL('../../../dist/charm/lib/temporal-server.mjs', import.meta.url)),
};

async function ask(module: string, over: Partial<PollingPlace>): Promise<PollersAnswer> {
  const { TemporalServer } = (await import(module)) as typeof import('../../../src/temporal/temporal-server.ts');
  const place = { host: '127.0.0.1', port: temporal.port, namespace: 'default', queue: 'q', tls: null, apiKey: null };
  const server = new TemporalServer({ ...place, ...over });
  const answer = await server.pollers();
  server.close();
  return answer;
}

/** Polls a queue of its own until `use` is done. */
async function whilePolling(queue: string, use: () => Promise<void>): Promise<void> {
  const end = new AbortController();
  const request = { namespace: 'default', taskQueue: { name: queue }, identity: 'someone@here' };
  const poll = connection
    .withAbortSignal(end.signal, () =>
      connection.withDeadline(Date.now() + 60_000, () => connection.workflowService.pollActivityTaskQueue(request)),
    )
    .catch(() => undefined);
  try {
    await use();
  } finally {
    end.abort();
    await poll;
  }
}

for (const [name, module] of Object.entries(modules)) {
  test(`${name} sees a poller of a real server, with its last access`, async () => {
    const queue = `q-${name}`;
    await whilePolling(queue, async () => {
      let answer = await ask(module, { queue });
      const deadline = Date.now() + 50_000;
      while (answer.outcome === 'answered' && answer.pollers.length === 0 && Date.now() < deadline) {
        answer = await ask(module, { queue });
      }
      if (answer.outcome !== 'answered') throw new Error(JSON.stringify(answer));
      expect(new Set(answer.pollers.map(({ identity }) => identity))).toEqual(new Set(['someone@here']));
      for (const { lastAccess } of answer.pollers) expect(Math.abs(lastAccess - Date.now())).toBeLessThan(60_000);
    });
  });

  test(`${name} tells a namespace that a real server does not have`, async () => {
    expect(await ask(module, { namespace: 'nowhere' })).toEqual({ outcome: 'namespace not found' });
  });

  test(`${name} finds no poller where nobody polls`, async () => {
    expect(await ask(module, { queue: 'lonely' })).toMatchObject({ outcome: 'answered', pollers: [] });
  });
}
