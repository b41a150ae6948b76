import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { KitClient } from '../../../worker-kit/src/client.ts';
import { until } from '../system/system.ts';
import { startTemporal, type TemporalServer } from '../temporal-server.ts';
import { account, type GoogleEndpoint, startGoogleEndpoint } from './google-endpoint.ts';
import { buildBundle, startKitProcess } from './kit-process.ts';
import { startTokenGate, type TokenGate } from './token-gate.ts';

let root: string;
let temporal: TemporalServer;
let google: GoogleEndpoint;
let gate: TokenGate;
let bundle: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'kit-'));
  [temporal, google, bundle] = await Promise.all([startTemporal(), startGoogleEndpoint(), buildBundle(root)]);
  gate = await startTokenGate(temporal.address, google.admit);
});
afterAll(async () => {
  await gate?.close();
  await Promise.all([temporal?.close(), google?.close()]);
  await rm(root, { recursive: true, force: true });
});

const env = (queue: string, more: Record<string, string> = {}) => ({
  TEMPORAL_ADDRESS: gate.address,
  TWC_NAMESPACE: 'default',
  TWC_QUEUE: queue,
  TWC_AUTH_PROVIDER: 'google',
  TWC_OIDC_CLIENT_EMAIL: account.email,
  TWC_OIDC_PRIVATE_KEY_ID: account.keyId,
  // As it stands in an account's JSON file, and comes through YAML.
  TWC_OIDC_PRIVATE_KEY: google.privateKey.replaceAll('\n', '\\n'),
  TWC_OIDC_TOKEN_URI: google.tokenUri,
  ...more,
});

const greeting = (kit: KitClient, taskQueue: string) =>
  kit.client.workflow.execute('greeting', {
    workflowId: `greeting-${taskQueue}-${Math.random()}`,
    taskQueue,
    args: ['Ada'],
    workflowExecutionTimeout: 90_000,
  });

test('a worker without a token is refused, and ends with one line', async () => {
  const worker = startKitProcess(env('none', { TWC_AUTH_PROVIDER: '' }), bundle);
  expect(await worker.exited).toBe(1);
  expect(worker.output()).toMatch(/error: cannot connect to Temporal at "127\.0\.0\.1:\d+": .*no token/);
});

test('a worker whose key the account does not have gets no token, and shows none of it', async () => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const worker = startKitProcess(env('wrong', { TWC_OIDC_PRIVATE_KEY: pem }), bundle);
  expect(await worker.exited).toBe(1);
  expect(worker.output()).toBe(
    `error: cannot get a token for "${account.email}" from "${google.tokenUri}": invalid_grant: Invalid JWT Signature.`,
  );
});

test("a worker and a client with the account's key are let in, and the token is replaced before it expires", async () => {
  // It is replaced when a fifth of its life is left, which has to be enough for a busy machine.
  google.lifetimeS = 12;
  const worker = startKitProcess(env('right'), bundle);
  try {
    await worker.line('worker listens');
    await using kit = await KitClient.connect({ env: env('right') });
    expect(await greeting(kit, 'right')).toBe('Hello, Ada!');
    const [first] = gate.tokens;
    const refusedBefore = gate.counts.refused;
    await until('the first token is worth nothing', 60_000, () => google.admit(first) || undefined);
    expect(await greeting(kit, 'right')).toBe('Hello, Ada!');
    expect(gate.tokens.size).toBeGreaterThan(2);
    expect(gate.counts.refused).toBe(refusedBefore);
    for (const token of google.issued) expect(worker.output()).not.toContain(token);
    expect(worker.output()).toMatch(/token received fingerprint=[0-9a-f]{8} expires=/);
  } finally {
    google.lifetimeS = 3600;
    expect(await worker.stop()).toBe(0);
  }
});

test('a worker that is turned away for a while works again once it is let in', async () => {
  let open = true;
  const fickle = await startTokenGate(temporal.address, (token) => (open ? google.admit(token) : 'account disabled'));
  const worker = startKitProcess({ ...env('fickle'), TEMPORAL_ADDRESS: fickle.address }, bundle);
  try {
    await worker.line('state=RUNNING');
    open = false;
    fickle.cut();
    await until('a refused poll', 60_000, () => (fickle.counts.refused > 0 ? true : undefined));
    open = true;
    await using kit = await KitClient.connect({ env: env('fickle') });
    expect(await greeting(kit, 'fickle')).toBe('Hello, Ada!');
  } finally {
    await worker.stop();
    await fickle.close();
  }
});

test('a token endpoint that is down for a while costs a worker nothing while its token lives', async () => {
  google.lifetimeS = 20;
  const worker = startKitProcess(env('down'), bundle);
  try {
    await worker.line('worker listens');
    const refusedBefore = gate.counts.refused;
    google.down = true;
    await worker.line('token not refreshed');
    google.down = false;
    const issued = google.issued.length;
    await until('a new token', 60_000, () => (google.issued.length > issued ? true : undefined));
    await using kit = await KitClient.connect({ env: env('down') });
    expect(await greeting(kit, 'down')).toBe('Hello, Ada!');
    expect(gate.counts.refused).toBe(refusedBefore);
  } finally {
    await worker.stop();
    google.down = false;
    google.lifetimeS = 3600;
  }
});
