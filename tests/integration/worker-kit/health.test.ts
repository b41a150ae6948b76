import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { KitClient } from '../../../worker-kit/src/client.ts';
import type { HealthReport } from '../../../worker-kit/src/index.ts';
import { freePort, until } from '../system/system.ts';
import { startTemporal, type TemporalServer } from '../temporal-server.ts';
import { buildBundle, startKitProcess } from './kit-process.ts';
import { startTokenGate } from './token-gate.ts';
import { startWaiting } from './waiting.ts';

let root: string;
let temporal: TemporalServer;
let bundle: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'kit-'));
  [temporal, bundle] = await Promise.all([startTemporal(), buildBundle(root)]);
});
afterAll(async () => {
  await temporal?.close();
  await rm(root, { recursive: true, force: true });
});

const env = (queue: string, more: Record<string, string>) => ({
  TEMPORAL_ADDRESS: temporal.address,
  TWC_NAMESPACE: 'default',
  TWC_QUEUE: queue,
  TEMPORAL_WORKER_IDENTITY: 'worker/0@12345678',
  ...more,
});

async function health(address: string): Promise<{ status: number; report: HealthReport } | undefined> {
  const response = await fetch(`http://${address}/healthz`).catch(() => undefined);
  return response && { status: response.status, report: (await response.json()) as HealthReport };
}

test('/healthz is 200 once the server has seen a poll of this process, not of a dead one with the same identity', async () => {
  const before = startKitProcess(env('health', {}), bundle);
  await before.line('worker listens');
  await until('the first worker to be listed', 60_000, async () => {
    const { stdout } = await temporal.cli('task-queue', 'describe', '--task-queue', 'health', '--output', 'json');
    return stdout.includes('worker/0@12345678') || undefined;
  });
  before.child.kill('SIGKILL');
  await before.exited;

  const address = `127.0.0.1:${await freePort()}`;
  const worker = startKitProcess(env('health', { TEMPORAL_WORKER_HEALTH_ADDRESS: address }), bundle);
  try {
    const { report } = await until('health', 60_000, async () => {
      const now = await health(address);
      return now?.status === 200 ? now : undefined;
    });
    expect(report).toMatchObject({
      healthy: true,
      identity: 'worker/0@12345678',
      namespace: 'default',
      taskQueue: 'health',
      pid: worker.child.pid,
      runState: 'RUNNING',
      workflowPollerState: 'POLLING',
      activityPollerState: 'POLLING',
      poller: { seen: true },
    });
    expect(Date.parse(report.poller.lastAccess ?? '')).toBeGreaterThan(Date.parse(report.startedAt) - 1000);
    const metrics = await (await fetch(`http://${address}/metrics`)).text();
    expect(metrics).toContain('\ntemporal_worker_kit_running 1\n');
    expect((await fetch(`http://${address}/other`)).status).toBe(404);
  } finally {
    expect(await worker.stop()).toBe(0);
  }
});

test('a server that does not tell who polls leaves the evidence unknown, and the worker healthy', async () => {
  const gate = await startTokenGate(temporal.address, (_, path) =>
    path.endsWith('/DescribeTaskQueue') ? 'not allowed' : undefined,
  );
  const address = `127.0.0.1:${await freePort()}`;
  const worker = startKitProcess(
    env('unknown', { TEMPORAL_ADDRESS: gate.address, TEMPORAL_WORKER_HEALTH_ADDRESS: address }),
    bundle,
  );
  try {
    await worker.line('state=RUNNING');
    const { report } = await until('health', 60_000, async () => {
      const now = await health(address);
      return now?.status === 200 ? now : undefined;
    });
    expect(report.poller).toMatchObject({ seen: null, why: 'not allowed' });
  } finally {
    await worker.stop();
    await gate.close();
  }
});

/** A worker with metrics behind a gate that denies the question who polls; `admit` decides on everything else. */
async function behindGate(queue: string, admit: (path: string) => string | undefined) {
  const gate = await startTokenGate(temporal.address, (_, path) =>
    path.endsWith('/DescribeTaskQueue') ? 'not allowed' : admit(path),
  );
  const [address, metrics] = [`127.0.0.1:${await freePort()}`, `127.0.0.1:${await freePort()}`];
  const more = { TEMPORAL_ADDRESS: gate.address, TEMPORAL_PROMETHEUS_BIND_ADDRESS: metrics };
  const worker = startKitProcess(env(queue, { ...more, TEMPORAL_WORKER_HEALTH_ADDRESS: address }), bundle);
  const dispose = async () => {
    await worker.stop();
    await gate.close();
  };
  return { address, [Symbol.asyncDispose]: dispose };
}

test("where the server does not tell, polls that are under way by the SDK's count are seen", async () => {
  await using worker = await behindGate('counted', () => undefined);
  const { report } = await until('polls to be seen', 60_000, async () => {
    const now = await health(worker.address);
    return now?.status === 200 && now.report.poller.seen ? now : undefined;
  });
  expect(report).toMatchObject({ healthy: true, poller: { seen: true, why: "by the SDK's own count: not allowed" } });
});

test('where the server does not tell and turns every poll away, /healthz is 503, whatever getStatus says', async () => {
  await using worker = await behindGate('refused', (path) => (path.includes('/Poll') ? 'no polls' : undefined));
  const { report } = await until('503 for its polls', 60_000, async () => {
    const now = await health(worker.address);
    return now?.status === 503 && now.report.poller.why?.startsWith('polls fail') ? now : undefined;
  });
  expect(report).toMatchObject({
    healthy: false,
    runState: 'RUNNING',
    workflowPollerState: 'POLLING',
    poller: { seen: false, why: 'polls fail: UNAUTHENTICATED' },
  });
});

test('while it drains, /healthz is 503', async () => {
  const address = `127.0.0.1:${await freePort()}`;
  const worker = startKitProcess(env('drains', { TEMPORAL_WORKER_HEALTH_ADDRESS: address }), bundle);
  try {
    await worker.line('worker listens');
    await using kit = await KitClient.connect({ env: env('drains', {}) });
    await startWaiting(kit, 'drains', root);
    worker.child.kill('SIGTERM');
    const draining = await until('the drain to begin', 60_000, async () => {
      const now = await health(address);
      return now && now.report.runState !== 'RUNNING' ? now : undefined;
    });
    expect(draining.status).toBe(503);
  } finally {
    worker.child.kill('SIGKILL');
    await worker.exited;
  }
});

test('a port that is taken costs the health page, or the metrics, not the worker', async () => {
  const squatter = createServer().listen(0, '127.0.0.1');
  const address = await until('a port', 60_000, () => {
    const bound = squatter.address();
    return typeof bound === 'object' && bound ? `127.0.0.1:${bound.port}` : undefined;
  });
  const taken = { TEMPORAL_WORKER_HEALTH_ADDRESS: address, TEMPORAL_PROMETHEUS_BIND_ADDRESS: address };
  const worker = startKitProcess(env('taken', taken), bundle);
  try {
    expect(await worker.line('metrics are off')).toContain(`cannot listen on ${address}: port taken`);
    expect(await worker.line('health is off')).toContain(`cannot listen on ${address}: port taken`);
    await worker.line('state=RUNNING');
  } finally {
    expect(await worker.stop()).toBe(0);
    squatter.close();
  }
});

test("the SDK's metrics have their plain names, in milliseconds", async () => {
  const address = `127.0.0.1:${await freePort()}`;
  const worker = startKitProcess(env('metrics', { TEMPORAL_PROMETHEUS_BIND_ADDRESS: address }), bundle);
  try {
    await worker.line('state=RUNNING');
    const metrics = await until('metrics', 60_000, async () => {
      const text = await fetch(`http://${address}/metrics`).then(
        (answer) => answer.text(),
        () => '',
      );
      return text.includes('temporal_worker_start') ? text : undefined;
    });
    expect(metrics).toMatch(/^temporal_worker_start\{/m);
    expect(metrics).not.toMatch(/^temporal_\w+_(total|milliseconds|seconds)\{/m);
  } finally {
    await worker.stop();
  }
});
