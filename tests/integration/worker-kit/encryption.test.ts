import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { WorkflowFailedError } from '@temporalio/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { KitClient } from '../../../worker-kit/src/client.ts';
import { startTemporal, type TemporalServer } from '../temporal-server.ts';
import { buildBundle, type KitProcess, startKitProcess, workflowsPath } from './kit-process.ts';

const older = Buffer.alloc(32, 1).toString('base64');
const newer = Buffer.alloc(32, 2).toString('base64');
const unknown = Buffer.alloc(32, 3).toString('base64');

let root: string;
let temporal: TemporalServer;
let bundle: string;
let worker: KitProcess;
let env: Record<string, string>;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'kit-'));
  [temporal, bundle] = await Promise.all([startTemporal(), buildBundle(root)]);
  env = { TEMPORAL_ADDRESS: temporal.address, TWC_NAMESPACE: 'default', TWC_QUEUE: 'private' };
  worker = startKitProcess({ ...env, TWC_ENCRYPTION_KEY: newer, TEMPORAL_ENCRYPTION_PREVIOUS_KEYS: older }, bundle);
  await worker.line('worker listens');
});
afterAll(async () => {
  await worker?.stop();
  await temporal?.close();
  await rm(root, { recursive: true, force: true });
});

const connect = (...keys: string[]) =>
  KitClient.connect({
    env: {
      ...env,
      ...(keys[0] && { TWC_ENCRYPTION_KEY: keys[0] }),
      ...(keys[1] && { TEMPORAL_ENCRYPTION_PREVIOUS_KEYS: keys[1] }),
    },
  });

let count = 0;
const start = (workflow: string, args: unknown[], taskQueue = 'private') => ({
  workflow,
  options: { workflowId: `${workflow}-${++count}`, taskQueue, args, workflowExecutionTimeout: 90_000 },
});

/** Everything that the server stored about a workflow, as its own command line shows it. */
async function history(workflowId: string): Promise<string> {
  const { stdout } = await temporal.cli('workflow', 'show', '--workflow-id', workflowId, '--output', 'json');
  const texts = stdout.replace(
    /"[A-Za-z0-9+/]{4,}={0,2}"/g,
    (text) => `${text} ${Buffer.from(text.slice(1, -1), 'base64').toString('latin1')}`,
  );
  return `${stdout}\n${texts}`;
}

test('a workflow with encrypted payloads completes, and the stored history holds no plain text', async () => {
  await using kit = await connect(newer);
  const { workflow, options } = start('greeting', ['Ada Lovelace']);
  expect(await kit.client.workflow.execute(workflow, options)).toBe('Hello, Ada Lovelace!');
  const stored = await history(options.workflowId);
  expect(stored).toContain('binary/encrypted');
  expect(stored).not.toMatch(/Ada|Lovelace|Hello/);
});

test.each(['refusedByActivity', 'refusedByWorkflow'])('the message of a failure is private too: %s', async (name) => {
  await using kit = await connect(newer);
  const { workflow, options } = start(name, ['Ada Lovelace']);
  const failure = await kit.client.workflow
    .execute(workflow, options)
    .catch((error: WorkflowFailedError) => error.cause);
  expect(String(failure) + String((failure as Error).cause)).toContain('Ada Lovelace');
  const stored = await history(options.workflowId);
  expect(stored).toContain('Encoded failure');
  expect(stored).not.toMatch(/Ada|Lovelace|activities\.ts/);
});

test('a client with the older key is read, and reads nothing of the newer one', async () => {
  await using kit = await connect(older);
  const { workflow, options } = start('greeting', ['Ada']);
  await expect(kit.client.workflow.execute(workflow, options)).rejects.toThrow(
    /cannot read a payload: it is encrypted with key [0-9a-f]{8}, and none of this process's keys fits/,
  );
  await using ring = await connect(newer, older);
  expect(await ring.client.workflow.getHandle(options.workflowId).result()).toBe('Hello, Ada!');
});

test('a client without a key is told what is missing', async () => {
  await using keyed = await connect(newer);
  const { workflow, options } = start('greeting', ['Ada']);
  await keyed.client.workflow.execute(workflow, options);
  await using kit = await connect();
  await expect(kit.client.workflow.getHandle(options.workflowId).result()).rejects.toThrow(
    /it is encrypted with key [0-9a-f]{8}, and this process has no key \(set TWC_ENCRYPTION_KEY or TEMPORAL_ENCRYPTION_KEY\)/,
  );
});

test('a worker that lacks the key fails the task with a sentence that names the key', async () => {
  await using kit = await connect(unknown);
  const { workflow, options } = start('greeting', ['Ada']);
  const handle = await kit.client.workflow.start(workflow, options);
  expect(await worker.line('cannot read a payload')).toMatch(/encrypted with key [0-9a-f]{8}/);
  await handle.terminate();
});

test('a client without encryption is served by a worker that has a key', async () => {
  await using kit = await connect();
  const { workflow, options } = start('greeting', ['Plain']);
  await kit.client.workflow.start(workflow, options);
  await using keyed = await connect(newer);
  expect(await keyed.client.workflow.getHandle(options.workflowId).result()).toBe('Hello, Plain!');
});

test('without a key the same bundle leaves failures readable', async () => {
  const plain = startKitProcess({ ...env, TWC_QUEUE: 'plain' }, bundle);
  try {
    await using kit = await connect();
    const { workflow, options } = start('refusedByWorkflow', ['Ada'], 'plain');
    await expect(kit.client.workflow.execute(workflow, options)).rejects.toThrow();
    const stored = await history(options.workflowId);
    expect(stored).toContain('no workflow for Ada');
    expect(stored).toContain('"Ada"');
    expect(stored).not.toContain('Encoded failure');
  } finally {
    await plain.stop();
  }
});

test('workflows that are bundled at the start are private in the same way', async () => {
  const fresh = startKitProcess({ ...env, TWC_QUEUE: 'fresh', TWC_ENCRYPTION_KEY: newer }, workflowsPath);
  try {
    await using kit = await connect(newer);
    const { workflow, options } = start('refusedByWorkflow', ['Ada'], 'fresh');
    await expect(kit.client.workflow.execute(workflow, options)).rejects.toThrow();
    expect(await history(options.workflowId)).not.toContain('Ada');
  } finally {
    await fresh.stop();
  }
});
