import { execFileSync } from 'node:child_process';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { type FakeVault, fakeVault, role } from './fake-vault.ts';
import type { PackedUnit } from './packed-unit.ts';
import { action, lengthenWait, passWait, replaceCredentials, unitOf } from './vault-unit.ts';

const login = 'POST /v1/auth/approle/login';
const refused =
  "blocked: Unable to read from vault: cannot log in to Vault: this unit's credentials are not valid any more";
const active = /^active/;
const tick = { hook: 'temporal-worker-pebble-custom-notice' } as const;

let vault: FakeVault;
let it: PackedUnit;

beforeAll(() => {
  execFileSync(process.execPath, ['scripts/pack.ts', '--unpacked'], { stdio: 'inherit' });
});
beforeEach(async () => {
  vault = await fakeVault();
  vault.store['my-secrets'] = { token: 'a', other: 'b' };
  it = await unitOf(vault);
  await it.untilStatus(active);
});
afterEach(async () => {
  await it[Symbol.asyncDispose]();
  await vault.close();
});

/** Events, one after the other, and how many logins they came to. */
async function logins(count: number): Promise<number> {
  const before = vault.requests.length;
  for (let done = 0; done < count; done++) {
    expect(await it.run(tick)).toMatchObject({ kind: 'ok' });
    lengthenWait(it);
  }
  return vault.requests.slice(before).filter((request) => request === login).length;
}

test('credentials that were taken back are tried three times and then no more, and new ones let it in at once', async () => {
  const started = await it.startedAt();
  vault.revoked = true;
  for (const wait of ['5 seconds', 'a minute', 'until Vault has forgotten']) {
    expect(await logins(2), wait).toBe(1);
    expect(it.status()).toBe(refused);
    passWait(it);
  }
  expect(vault.refused).toBe(3);
  const [check] = await it.supervisor.client.checks({ names: ['look-again'] });
  expect(check?.status).not.toBe('inactive');
  vault.revoked = false;
  replaceCredentials(it, { ...role });
  expect(await logins(1)).toBe(1);
  expect(it.status()).toMatch(active);
  expect(await it.startedAt()).toBe(started);
});

test('other credentials and another CA are tried at once, however long the wait', async () => {
  vault.revoked = true;
  expect(await logins(2)).toBe(1);
  replaceCredentials(it, { ...role, 'role-secret-id': 'another' });
  expect(await logins(2)).toBe(1);
  vault.revoked = false;
  replaceCredentials(it, { ...role });
  expect(await logins(1)).toBe(1);
  vault.revoked = true;
  expect(await logins(2)).toBe(1);
  Object.assign(it.model.settings(5, 'vault-k8s') ?? {}, { ca_certificate: `${vault.ca}\n` });
  vault.revoked = false;
  expect(await logins(1)).toBe(1);
  expect(it.status()).toMatch(active);
});

test('an event within the wait writes nothing and asks nothing of Vault, and no secret is kept', async () => {
  vault.revoked = true;
  await it.run(tick);
  lengthenWait(it);
  const before = { commits: it.model.commits.length, requests: vault.requests.length };
  await it.run({ hook: 'update-status' });
  const { state, ...writes } = it.model.commits[before.commits] ?? {};
  expect(state).toEqual({});
  expect(Object.values(writes).flat()).toEqual([]);
  expect(vault.requests.length).toBe(before.requests);
  expect(JSON.stringify([it.model.charmState(), it.model.logged, it.status()])).not.toMatch(/hunter2|the-role/);
});

test('a Vault that is sealed is asked at each event, before and after it has refused a login', async () => {
  const sealed = { status: 503, errors: ['Vault is sealed'] } as const;
  vault.trouble = sealed;
  expect(await logins(3)).toBe(3);
  vault.trouble = null;
  vault.revoked = true;
  expect(await logins(2)).toBe(1);
  passWait(it);
  vault.trouble = sealed;
  expect(await logins(3)).toBe(3);
  expect(it.status()).toBe('blocked: Unable to read from vault: cannot log in to Vault: Vault is sealed');
});

test('a role that is locked is not asked at each event, and used when it is let in', async () => {
  vault.refused = 5;
  expect(await logins(3)).toBe(1);
  expect(it.status()).toBe('blocked: Unable to read from vault: cannot log in to Vault: permission denied');
  passWait(it);
  vault.refused = 0;
  expect(await logins(1)).toBe(1);
  expect(it.status()).toMatch(active);
});

test("a user's action logs in at once: a refusal counts, and being let in ends the wait, whatever the action came to", async () => {
  const ask = (key: string) => action(it, 'get-vault-secret', { path: 'my-secrets', key });
  vault.revoked = true;
  expect(await ask('token')).toMatchObject({ status: 'failed' });
  expect(vault.refused).toBe(1);
  expect(await ask('token')).toMatchObject({
    status: 'failed',
    message: "cannot log in to Vault: this unit's credentials are not valid any more",
  });
  expect(vault.refused).toBe(2);
  passWait(it);
  expect(await logins(2)).toBe(1);
  expect(vault.refused).toBe(3);
  vault.revoked = false;
  expect(await logins(2)).toBe(0);
  expect(await ask('nope')).toMatchObject({ status: 'failed' });
  expect(it.status()).toMatch(active);
});

test('an action that is refused keeps what Vault said to the unit meanwhile', async () => {
  vault.revoked = true;
  expect(await action(it, 'get-vault-secret', { path: '../sys', key: 'k' })).toMatchObject({ status: 'failed' });
  expect(it.status()).toBe(refused);
  expect(vault.refused).toBe(1);
  lengthenWait(it);
  expect(await logins(1)).toBe(0);
});
