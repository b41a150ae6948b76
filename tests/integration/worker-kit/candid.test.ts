import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { KitClient } from '../../../worker-kit/src/client.ts';
import { command, until } from '../system/system.ts';
import { startTemporal, type TemporalServer } from '../temporal-server.ts';
import { type CandidEndpoint, newAgent, startCandidEndpoint } from './candid-endpoint.ts';
import { buildBundle, startKitProcess } from './kit-process.ts';
import { pythonLibrary } from './python-library.ts';
import { startTokenGate, type TokenGate } from './token-gate.ts';

const agent = newAgent();
let root: string;
let temporal: TemporalServer;
let candid: CandidEndpoint;
let gate: TokenGate;
let bundle: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'kit-'));
  [temporal, candid, bundle] = await Promise.all([startTemporal(), startCandidEndpoint(), buildBundle(root)]);
  candid.agents['worker@candid'] = agent.publicKey;
  gate = await startTokenGate(temporal.address, candid.admit);
});
afterAll(async () => {
  await gate?.close();
  await Promise.all([temporal?.close(), candid?.close()]);
  await rm(root, { recursive: true, force: true });
});

const env = (queue: string, more: Record<string, string> = {}) => ({
  TEMPORAL_ADDRESS: gate.address,
  TWC_NAMESPACE: 'default',
  TWC_QUEUE: queue,
  TWC_AUTH_PROVIDER: 'candid',
  TWC_CANDID_URL: candid.url,
  TWC_CANDID_USERNAME: 'worker@candid',
  TWC_CANDID_PUBLIC_KEY: agent.publicKey,
  TWC_CANDID_PRIVATE_KEY: agent.privateKey,
  ...more,
});

const greeting = (kit: KitClient, taskQueue: string) =>
  kit.client.workflow.execute('greeting', {
    workflowId: `greeting-${taskQueue}-${Math.random()}`,
    taskQueue,
    args: ['Ada'],
    workflowExecutionTimeout: 90_000,
  });

test('an agent that holds its key is let in, and its macaroons are replaced before they expire', async () => {
  // They are replaced when a fifth of their life is left, which has to be enough for a busy machine.
  candid.lifetimeS = 12;
  const worker = startKitProcess(env('right'), bundle);
  try {
    await worker.line('worker listens');
    await using kit = await KitClient.connect({ env: env('right') });
    expect(await greeting(kit, 'right')).toBe('Hello, Ada!');
    const [first] = gate.tokens;
    await until('the first macaroon is worth nothing', 60_000, () => candid.admit(first) || undefined);
    expect(await greeting(kit, 'right')).toBe('Hello, Ada!');
    expect(gate.counts.refused).toBe(0);
    expect(candid.logins).toContain('worker@candid');
  } finally {
    candid.lifetimeS = 3600;
    expect(await worker.stop()).toBe(0);
  }
});

test('a name that Candid does not know, or whose key is another, gets nothing', async () => {
  for (const wrong of [{ TWC_CANDID_USERNAME: 'stranger' }, { TWC_CANDID_PRIVATE_KEY: newAgent().privateKey }]) {
    const worker = startKitProcess(env('wrong', wrong), bundle);
    expect(await worker.exited).toBe(1);
    const name = wrong.TWC_CANDID_USERNAME ?? 'worker@candid';
    expect(worker.output()).toMatch(
      new RegExp(
        `^error: cannot log in at "http://127.0.0.1:\\d+" as agent "${name}": public key not known for user "${name}"$`,
      ),
    );
  }
});

test('a worker with a macaroon that nobody discharged is refused', async () => {
  const body = await (await fetch(candid.url)).text();
  const { m } = JSON.parse(Buffer.from(body, 'base64').toString());
  const bare = Buffer.from(JSON.stringify([m])).toString('base64');
  const worker = startKitProcess(
    env('bare', { TWC_AUTH_PROVIDER: '', TEMPORAL_GRPC_META_AUTHORIZATION: `Macaroon ${bare}` }),
    bundle,
  );
  expect(await worker.exited).toBe(1);
  expect(worker.output()).toContain('bad macaroon');
});

test('a discharger that is not there is named', async () => {
  const worker = startKitProcess(env('gone', { TWC_CANDID_URL: 'http://127.0.0.1:1/macaroon' }), bundle);
  expect(await worker.exited).toBe(1);
  expect(worker.output()).toMatch(/^error: cannot reach "http:\/\/127\.0\.0\.1:1\/macaroon": .*ECONNREFUSED/);
});

test('the Python library logs in at the same endpoint, so that the endpoint is as strict and as lenient as Candid', async (context) => {
  const { path, missing } = await pythonLibrary();
  if (!path) return context.skip(missing);
  const program = `
from temporallib.auth import AuthHeaderProvider, AuthOptions, KeyPair, MacaroonAuthOptions
keys = KeyPair(private="${agent.privateKey}", public="${agent.publicKey}")
config = MacaroonAuthOptions(macaroon_url="${candid.url}", username="worker@candid", keys=keys)
print(AuthHeaderProvider(AuthOptions(provider="candid", config=config)).get_headers()["authorization"])
`;
  const { PYTHONPATH: _, ...rest } = process.env;
  const ran = await command('python3', ['-c', program], { env: { ...rest, PYTHONPATH: path } });
  expect(ran.stderr.trim().split('\n').at(-1) ?? '').not.toMatch(/Error/);
  expect(candid.admit(ran.stdout.trim())).toBeUndefined();
});
