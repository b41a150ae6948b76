import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { WorkflowHandle } from '@temporalio/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { KitClient } from '../../../worker-kit/src/client.ts';
import { freePort, until } from '../system/system.ts';
import { startTemporal, type TemporalServer } from '../temporal-server.ts';
import { type Certificates, makeCertificates } from './certificates.ts';
import { buildBundle, type KitProcess, startKitProcess } from './kit-process.ts';
import { startConnectProxy, startTlsGate } from './tcp-fixtures.ts';
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

const plain = (queue: string) => ({ TEMPORAL_ADDRESS: temporal.address, TWC_NAMESPACE: 'default', TWC_QUEUE: queue });
const start = (taskQueue: string, args: unknown[]) => ({
  workflowId: randomUUID(),
  taskQueue,
  args,
  workflowExecutionTimeout: 90_000,
});

/** The attempt of each activity that the history says was begun. */
async function attempts(handle: WorkflowHandle): Promise<unknown[]> {
  const events = (await handle.fetchHistory()).events ?? [];
  return events.flatMap(({ activityTaskStartedEventAttributes: started }) => (started ? [started.attempt] : []));
}

async function certificateFiles({ ca, client }: Certificates): Promise<Record<string, string>> {
  const files = { ca: join(root, 'ca.pem'), cert: join(root, 'client.pem'), key: join(root, 'client.key') };
  await Promise.all([writeFile(files.ca, ca), writeFile(files.cert, client.cert), writeFile(files.key, client.key)]);
  return {
    TEMPORAL_TLS_SERVER_CA_CERT_PATH: files.ca,
    TEMPORAL_TLS_CLIENT_CERT_PATH: files.cert,
    TEMPORAL_TLS_CLIENT_KEY_PATH: files.key,
  };
}

test('on SIGHUP new certificates are read and the connection is swapped, while an activity runs on', async () => {
  const [first, second] = await Promise.all([makeCertificates(root, 'first'), makeCertificates(root, 'second')]);
  const gate = await startTlsGate(temporal.address, first, [second]);
  const env = { ...plain('tls'), TEMPORAL_ADDRESS: gate.address, ...(await certificateFiles(first)) };
  const worker = startKitProcess(env, bundle);
  try {
    await worker.line('worker listens');
    await using kit = await KitClient.connect({ env: plain('tls') });
    const { handle, finish } = await startWaiting(kit, 'tls', root);
    expect(gate.issuers).toEqual(['first CA']);
    await certificateFiles({ ...second, ca: first.ca });
    worker.child.kill('SIGHUP');
    expect(await worker.line('connection renewed')).toMatch(/certificateEnds=\d{4}-/);
    expect(gate.issuers).toEqual(['first CA', 'second CA']);
    await finish();
    expect(await handle.result()).toBe('waited');
    expect(await kit.client.workflow.execute('greeting', start('tls', ['Ada']))).toBe('Hello, Ada!');
  } finally {
    expect(await worker.stop()).toBe(0);
    await gate.close();
  }
});

test('on SIGHUP after the old certificates were turned away, the worker finishes what runs and asks to be started anew', async () => {
  const [first, second] = await Promise.all([makeCertificates(root, 'late'), makeCertificates(root, 'new')]);
  const gate = await startTlsGate(temporal.address, first);
  const env = { ...plain('late'), TEMPORAL_ADDRESS: gate.address, ...(await certificateFiles(first)) };
  const worker = startKitProcess(env, bundle);
  let next: KitProcess | undefined;
  try {
    await worker.line('worker listens');
    await using kit = await KitClient.connect({ env: plain('late') });
    const { handle, finish } = await startWaiting(kit, 'late', root);
    gate.trust(second);
    await certificateFiles(second);
    worker.child.kill('SIGHUP');
    await worker.line('the old connection was broken already');
    await finish();
    expect(await worker.exited).toBe(1);
    next = startKitProcess(env, bundle);
    expect(await handle.result()).toBe('waited');
    expect(await attempts(handle)).toEqual([1]);
  } finally {
    await next?.stop();
    await worker.stop();
    await gate.close();
  }
});

test('on SIGHUP with certificates that are not good, the worker says so and keeps its connection', async () => {
  const certificates = await makeCertificates(root, 'kept');
  const gate = await startTlsGate(temporal.address, certificates);
  const files = await certificateFiles(certificates);
  const worker = startKitProcess({ ...plain('kept'), TEMPORAL_ADDRESS: gate.address, ...files }, bundle);
  try {
    await worker.line('worker listens');
    await rm(files.TEMPORAL_TLS_CLIENT_KEY_PATH!);
    worker.child.kill('SIGHUP');
    expect(await worker.line('[ERROR]')).toContain(
      `cannot read the client key "${files.TEMPORAL_TLS_CLIENT_KEY_PATH}": no such file`,
    );
    await using kit = await KitClient.connect({ env: plain('kept') });
    expect(await kit.client.workflow.execute('greeting', start('kept', ['Ada']))).toBe('Hello, Ada!');
  } finally {
    await worker.stop();
    await gate.close();
  }
});

test('a worker and a client go through an HTTP proxy with credentials', async () => {
  const proxy = await startConnectProxy('user:secret');
  const through = {
    ...plain('proxied'),
    TEMPORAL_PROXY_HOST: proxy.address,
    TEMPORAL_PROXY_USERNAME: 'user',
    TEMPORAL_PROXY_PASSWORD: 'secret',
  };
  const worker = startKitProcess(through, bundle);
  try {
    await worker.line('worker listens');
    const byWorker = proxy.targets.length;
    await using kit = await KitClient.connect({ env: through });
    expect(await kit.client.workflow.execute('greeting', start('proxied', ['Ada']))).toBe('Hello, Ada!');
    expect(byWorker).toBeGreaterThan(0);
    expect(proxy.targets.length).toBeGreaterThan(byWorker);
    expect(new Set(proxy.targets)).toEqual(new Set([temporal.address]));
  } finally {
    await worker.stop();
    await proxy.close();
  }
});

test('SIGTERM lets the running activity finish and ends with exit code 0', async () => {
  const worker = startKitProcess(plain('drain'), bundle);
  let next: KitProcess | undefined;
  try {
    await worker.line('worker listens');
    await using kit = await KitClient.connect({ env: plain('drain') });
    const { handle, finish } = await startWaiting(kit, 'drain', root);
    worker.child.kill('SIGTERM');
    await worker.line('DRAINING');
    await finish();
    expect(await worker.exited).toBe(0);
    next = startKitProcess(plain('drain'), bundle);
    expect(await handle.result()).toBe('waited');
    expect(await attempts(handle)).toEqual([1]);
  } finally {
    await next?.stop();
    await worker.stop();
  }
});

test('a server that is not there ends the worker with one line and exit code 1', async () => {
  const worker = startKitProcess({ ...plain('gone'), TEMPORAL_ADDRESS: `127.0.0.1:${await freePort()}` }, bundle);
  expect(await worker.exited).toBe(1);
  expect(worker.output()).toMatch(/^error: cannot connect to Temporal at "127\.0\.0\.1:\d+": .*\(is the server up/);
});

test('everything that is wrong with the environment is said at once, without a secret', async () => {
  const worker = startKitProcess(
    { TWC_HOST: 'http://x', TWC_ENCRYPTION_KEY: 'c2VjcmV0', TWC_AUTH_PROVIDER: 'ldap' },
    bundle,
  );
  expect(await worker.exited).toBe(1);
  expect(worker.output().split(/; (?=cannot)/)).toEqual([
    'error: cannot use TWC_HOST "http://x": it is a URL (give host or host:port)',
    'cannot use auth-provider "ldap" from TWC_AUTH_PROVIDER or TEMPORAL_AUTH_PROVIDER (google or candid)',
    'cannot read the environment: TWC_NAMESPACE or TEMPORAL_NAMESPACE is not set',
    'cannot use TWC_ENCRYPTION_KEY: got 6 bytes of base64 (16 or 32 bytes; make one with: openssl rand -base64 32)',
    'cannot read the environment: TWC_QUEUE or TEMPORAL_QUEUE or TEMPORAL_TASK_QUEUE is not set',
  ]);
});

test('a deployment name and a build id make the worker a version of a Worker Deployment', async () => {
  const deployment = { TEMPORAL_DEPLOYMENT_NAME: 'billing', TEMPORAL_WORKER_BUILD_ID: 'v7' };
  const worker = startKitProcess({ ...plain('versioned'), ...deployment }, bundle);
  try {
    await worker.line('worker listens');
    await until('the version to be listed', 60_000, async () => {
      const { stdout } = await temporal.cli(
        'worker',
        'deployment',
        'describe',
        '--name',
        'billing',
        '--output',
        'json',
      );
      return stdout.includes('"v7"') ? true : undefined;
    });
  } finally {
    await worker.stop();
  }
});
