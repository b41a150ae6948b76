import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { KitClient } from '../../../worker-kit/src/client.ts';
import { startTemporal, type TemporalServer } from '../temporal-server.ts';
import { buildBundle, startKitProcess } from './kit-process.ts';
import { type SentrySink, startSentrySink } from './sentry-sink.ts';

let root: string;
let temporal: TemporalServer;
let bundle: string;
let sink: SentrySink;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'kit-'));
  [temporal, bundle, sink] = await Promise.all([startTemporal(), buildBundle(root), startSentrySink()]);
});
afterAll(async () => {
  await temporal?.close();
  await sink?.close();
  await rm(root, { recursive: true, force: true });
});

const canaries = {
  TEMPORAL_DB_PASSWORD: 'canary-database-password',
  GITHUB_TOKEN: 'canary-token-of-a-vault-entry',
};

const env = (queue: string, more: Record<string, string> = {}) => ({
  TEMPORAL_ADDRESS: temporal.address,
  TWC_NAMESPACE: 'default',
  TWC_QUEUE: queue,
  TWC_SENTRY_DSN: sink.dsn,
  TWC_SENTRY_RELEASE: '1.2.3',
  TWC_SENTRY_ENVIRONMENT: 'staging',
  TWC_SENTRY_SAMPLE_RATE: '1',
  TWC_SENTRY_REDACT_PARAMS: 'false',
  ...canaries,
  ...more,
});

/** Runs a workflow that fails; what it fails with is the reports' business. */
async function fail(
  workflow: string,
  taskQueue: string,
  arg: string,
  more: Record<string, string> = {},
): Promise<void> {
  await using kit = await KitClient.connect({ env: env(taskQueue, more) });
  const options = { workflowId: randomUUID(), taskQueue, args: [arg], workflowExecutionTimeout: 90_000 };
  await expect(kit.client.workflow.execute(workflow, options)).rejects.toThrow();
}

test('errors of activities and workflows arrive with release, environment, tags and arguments', async () => {
  const worker = startKitProcess(env('open'), bundle);
  try {
    await fail('refusedByActivity', 'open', 'Ada');
    const inActivity = await sink.event((event) => event.tags?.['temporal.execution_type'] === 'activity');
    expect(inActivity).toMatchObject({
      release: '1.2.3',
      environment: 'staging',
      tags: {
        'temporal.activity.type': 'refuse',
        'temporal.activity.task_queue': 'open',
        'temporal.workflow.type': 'refusedByActivity',
        'temporal.workflow.namespace': 'default',
      },
      contexts: { 'temporal.activity.input': { args: ['Ada'] }, 'temporal.activity.info': { attempt: 1 } },
    });
    expect(inActivity.exception?.values.at(-1)).toMatchObject({
      type: 'ApplicationFailure',
      value: 'cannot greet Ada',
    });
    expect(JSON.stringify(inActivity.exception?.values.at(-1)?.stacktrace)).toContain('activities.ts');

    const inWorkflow = await sink.event((event) => event.tags?.['temporal.execution_type'] === 'workflow');
    expect(inWorkflow).toMatchObject({
      tags: { 'temporal.workflow.type': 'refusedByActivity', 'temporal.workflow.task_queue': 'open' },
      contexts: { 'temporal.workflow.input': { args: ['Ada'] } },
    });
    const chain = inWorkflow.exception?.values.map(({ type, value }) => `${type}: ${value}`);
    expect(chain).toEqual(['ApplicationFailure: cannot greet Ada', 'ActivityFailure: Activity task failed']);
  } finally {
    expect(await worker.stop()).toBe(0);
  }
});

test('with sentry-redact-params no argument is in any envelope, not even in a message that quotes it', async () => {
  const worker = startKitProcess(env('redacted', { TWC_SENTRY_REDACT_PARAMS: 'true' }), bundle);
  try {
    await fail('refusedByActivity', 'redacted', 'Grace Hopper');
    await fail('refusedByWorkflow', 'redacted', 'Grace Hopper');
    const messages = await sink.event((event) => event.tags?.['temporal.workflow.type'] === 'refusedByWorkflow');
    expect(messages.exception?.values.map(({ value }) => value)).toEqual(['no workflow for <redacted>']);
  } finally {
    await worker.stop();
  }
  expect(sink.envelopes.join('\n')).not.toMatch(/Grace|Hopper/);
});

test('with encrypted payloads arguments stay out of reports by themselves', async () => {
  const key = { TWC_ENCRYPTION_KEY: Buffer.alloc(32, 9).toString('base64') };
  const worker = startKitProcess(env('private', key), bundle);
  try {
    await fail('refusedByActivity', 'private', 'Katherine Johnson', key);
    await sink.event((event) => event.tags?.['temporal.workflow.task_queue'] === 'private');
  } finally {
    await worker.stop();
  }
  expect(sink.envelopes.join('\n')).not.toMatch(/Katherine|Johnson/);
});

test('no secret of the environment is in any envelope or log line, not even one that an error quotes', async () => {
  const worker = startKitProcess(env('leaky'), bundle);
  try {
    for (const variable of Object.keys(canaries)) await fail('blurting', 'leaky', variable);
    const event = await sink.event((event) => event.tags?.['temporal.activity.task_queue'] === 'leaky');
    expect(event.exception?.values.at(-1)?.value).toBe('connection refused: <secret>');
  } finally {
    await worker.stop();
  }
  expect(worker.output()).toContain('connection refused: <secret>');
  expect(sink.envelopes.join('\n') + worker.output()).not.toContain('canary');
});

test('with a sample rate of 0 nothing is sent', async () => {
  const quiet = await startSentrySink();
  const worker = startKitProcess(env('quiet', { TWC_SENTRY_DSN: quiet.dsn, TWC_SENTRY_SAMPLE_RATE: '0' }), bundle);
  try {
    await fail('refusedByActivity', 'quiet', 'Ada');
  } finally {
    await worker.stop();
    await quiet.close();
  }
  expect(quiet.envelopes.filter((envelope) => envelope.includes('"type":"event"'))).toEqual([]);
});
