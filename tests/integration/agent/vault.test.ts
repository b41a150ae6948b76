import { execFileSync } from 'node:child_process';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { type FakeVault, fakeVault, mount, role } from './fake-vault.ts';
import type { PackedUnit } from './packed-unit.ts';
import { action, answer, roleSecret, unitOf } from './vault-unit.ts';

const active = /^active/;

let vault: FakeVault;
let unit: PackedUnit | undefined;

beforeAll(() => {
  execFileSync(process.execPath, ['scripts/pack.ts', '--unpacked'], { stdio: 'inherit' });
});
beforeEach(async () => {
  vault = await fakeVault();
});
afterEach(async () => {
  await unit?.[Symbol.asyncDispose]();
  unit = undefined;
  await vault.close();
});

async function start(of: Parameters<typeof unitOf>[1] = {}): Promise<PackedUnit> {
  unit = await unitOf(vault, of);
  return unit;
}

test('asks for a place in Vault, waits for it, reads each path once and follows a new value', async () => {
  vault.store['my-secrets'] = { token: 'hunter2', other: 7 };
  const it = await start({ ready: false });
  expect(it.status()).toMatch(/^blocked: Unable to initialize vault client: vault-k8s has not told vault_url/);
  expect(it.model.settings(5, 'w')).toEqual({ mount_suffix: 'w' });
  const asked = it.model.settings(5, 'w/0');
  expect(asked).toEqual({ egress_subnet: '192.0.2.0/32', nonce: expect.stringMatching(/^[0-9a-f]{32}$/) });
  await it.run();
  expect(it.model.settings(5, 'w/0')).toEqual(asked);
  expect([...it.model.added.values()].map(({ label, owner }) => `${label} ${owner}`)).toEqual(['nonce unit-w-0']);
  answer(it, vault);
  await it.untilStatus(active);
  expect(await it.environment()).toMatchObject({ TOKEN: 'hunter2', OTHER: '7' });
  const before = vault.requests.length;
  await it.run({ hook: 'update-status' });
  expect(vault.requests.slice(before)).toEqual(['POST /v1/auth/approle/login', `GET /v1/${mount}/data/my-secrets`]);
  vault.store['my-secrets'] = { token: 'hunter3', other: 7 };
  await it.untilStatus(active);
  expect(await it.environment()).toMatchObject({ TOKEN: 'hunter3' });
  expect(JSON.stringify([it.model.logged, it.model.charmState()])).not.toMatch(/hunter/);
});

test.each<{ name: string; trouble: FakeVault['trouble']; says: string }>([
  {
    name: 'sealed',
    trouble: { status: 503, errors: ['Vault is sealed'] },
    says: 'cannot log in to Vault: Vault is sealed',
  },
  {
    name: 'broken',
    trouble: { status: 500, errors: ['internal error'] },
    says: 'cannot log in to Vault: Vault answered with status 500: internal error',
  },
  {
    name: 'another program',
    trouble: { text: '<html>hello</html>' },
    says: 'cannot log in to Vault: its answer is none of Vault',
  },
  {
    name: 'out of its mind',
    trouble: { text: '{"auth":[]}' },
    says: 'cannot log in to Vault: its answer is none of Vault',
  },
  { name: 'silent', trouble: 'silent', says: 'cannot log in to Vault: no answer within 3 s' },
])('a Vault that is $name is told, heals by itself, and the worker runs on', async ({ trouble, says }) => {
  vault.store['my-secrets'] = { token: 'a', other: 'b' };
  const it = await start();
  await it.untilStatus(active);
  const started = await it.startedAt();
  vault.trouble = trouble;
  await it.run({ hook: 'update-status' });
  expect(it.status()).toBe(`blocked: Unable to read from vault: ${says}`);
  const [tick] = await it.supervisor.client.checks({ names: ['look-again'] });
  expect(tick?.status).not.toBe('inactive');
  vault.trouble = null;
  await it.untilStatus(active);
  expect(await it.startedAt()).toBe(started);
});

test('a Vault that cannot be reached is told, heals by itself, and the worker runs on', async () => {
  vault.store['my-secrets'] = { token: 'a', other: 'b' };
  const it = await start();
  await it.untilStatus(active);
  const started = await it.startedAt();
  const told = it.model.settings(5, 'vault-k8s') ?? {};
  Object.assign(told, { vault_url: 'https://127.0.0.1:1' });
  await it.run({ hook: 'update-status' });
  expect(it.status()).toBe('blocked: Unable to read from vault: cannot log in to Vault: connection refused');
  Object.assign(told, { vault_url: vault.url });
  await it.untilStatus(active);
  expect(await it.startedAt()).toBe(started);
});

test('tells credentials that are not valid any more, a path and a key that are not there, and another CA', async () => {
  const it = await start();
  await it.run();
  expect(it.status()).toMatch(
    /^blocked: Unable to read vault secret `token` at path `my-secrets`: there is nothing at this path/,
  );
  vault.store['my-secrets'] = { token: ['a'], other: 'b' };
  await it.run();
  expect(it.status()).toBe(
    'blocked: Unable to read vault secret `token` at path `my-secrets`: it is a list or a map (text is accepted)',
  );
  Object.assign(it.model.settings(5, 'vault-k8s') ?? {}, { ca_certificate: (await otherCa()) ?? '' });
  await it.run();
  expect(it.status()).toBe(
    'blocked: Unable to read from vault: cannot log in to Vault: its certificate is not by the CA that the relation told',
  );
  Object.assign(it.model.settings(5, 'vault-k8s') ?? {}, { ca_certificate: vault.ca });
  it.model.facts.secrets![roleSecret]!.revisions.push({ ...role, 'role-secret-id': 'old' });
  await it.run();
  expect(it.status()).toBe(
    "blocked: Unable to read from vault: cannot log in to Vault: this unit's credentials are not valid any more",
  );
});

test('add-vault-secret sets one key beside the others, and the worker is told at once; get-vault-secret shows it', async () => {
  vault.store['my-secrets'] = { token: 'a', other: 'b' };
  const it = await start();
  await it.untilStatus(active);
  const added = await action(it, 'add-vault-secret', { path: 'my-secrets', key: 'token', value: 'new' });
  expect(added).toMatchObject({ status: 'completed', results: { result: 'secret successfully created' } });
  expect(vault.store['my-secrets']).toEqual({ token: 'new', other: 'b' });
  expect(await it.environment()).toMatchObject({ TOKEN: 'new', OTHER: 'b' });
  const fresh = await action(it, 'add-vault-secret', { path: 'a/b c', key: 'k', value: 'v' });
  expect(fresh).toMatchObject({ status: 'completed' });
  const got = await action(it, 'get-vault-secret', { path: 'a/b c', key: 'k' });
  expect(got).toMatchObject({ status: 'completed', results: { result: 'v' } });
  vault.readOnly = true;
  const refused = await action(it, 'add-vault-secret', { path: 'my-secrets', key: 'token', value: 'x' });
  expect(refused).toMatchObject({ status: 'failed', message: 'cannot write to Vault: permission denied' });
  const missing = await action(it, 'get-vault-secret', { path: 'my-secrets', key: 'nope' });
  expect(missing).toMatchObject({
    status: 'failed',
    message: 'Unable to read vault secret `nope` at path `my-secrets`: the path has no such key',
  });
});

async function otherCa(): Promise<string> {
  const other = await fakeVault();
  await other.close();
  return other.ca;
}
