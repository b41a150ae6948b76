import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findBinary } from '../../../src/companions/binary.ts';
import { openVault } from '../../../src/companions/vault-k8s/open-vault.ts';
import { readPrivate } from '../../../src/companions/vault-k8s/private-files.ts';
import { ensureRole, ensureStore } from '../../../src/companions/vault-k8s/roles.ts';
import { configFile, ensureServerFiles } from '../../../src/companions/vault-k8s/server-files.ts';
import { ask, authorityFile, waitForVault } from '../../../src/companions/vault-k8s/vault-api.ts';
import { vaultBinary } from '../../../src/companions/vault-k8s/vault-binary.ts';
import { pathsFrom } from '../../../src/controller/paths.ts';
import { mount } from '../../integration/agent/fake-vault.ts';
import { action, passWait, replaceCredentials, unitOf } from '../../integration/agent/vault-unit.ts';
import { freePort } from '../../integration/system/system.ts';

const dataDir = mkdtempSync(join(tmpdir(), 'locking-vault-'));
const tick = { hook: 'temporal-worker-pebble-custom-notice' } as const;
const request = { relationId: '5', application: 'w', mount, ranges: ['127.0.0.0/8'], nonce: 'n' };

let server: { readonly port: number; readonly dataDir: string };
let process_: ChildProcess | undefined;
let owner: { readonly server: typeof server; readonly token: string };

// A real Vault that locks roles, as it does unless it is told not to.
beforeAll(async () => {
  server = { port: await freePort(), dataDir };
  await ensureServerFiles(server);
  const file = configFile(server);
  writeFileSync(file, readFileSync(file, 'utf8').replace(/^user_lockout [^}]+\}$/m, ''));
  const { found } = await findBinary(vaultBinary, { cache: pathsFrom(process.env).cache, env: process.env });
  process_ = spawn(found?.path ?? '', ['server', `-config=${file}`], { stdio: 'ignore' });
  await openVault(server, await waitForVault(server, 120_000));
  owner = { server, token: (await readPrivate(dataDir, 'root-token')) ?? '' };
  await ensureStore(owner, mount);
  const body = { data: { token: 'a', other: 'b' } };
  await ask(server, { method: 'POST', path: `${mount}/data/my-secrets`, token: owner.token, body });
});
afterAll(async () => {
  process_?.kill('SIGKILL');
  rmSync(dataDir, { recursive: true, force: true });
});

const credentialsFor = (unit: string) => ensureRole(owner, { ...request, unit }, undefined);

async function login(roleId: string, secretId: string): Promise<string> {
  const body = { role_id: roleId, secret_id: secretId };
  const asked = ask(server, { method: 'POST', path: 'auth/approle/login', body });
  return asked.then(
    () => 'let in',
    (error: Error) => error.message,
  );
}

test('five refused logins, one after the other, lock a role of this Vault', async () => {
  const { 'role-id': roleId = '', 'role-secret-id': secretId = '' } = await credentialsFor('other/0');
  for (let count = 0; count < 5; count++) expect(await login(roleId, 'none')).toBe('invalid role or secret ID');
  expect(await login(roleId, secretId)).toBe('permission denied');
});

test('a unit whose credentials were taken back is not locked by its events, and active at once with new ones', async () => {
  const given = await credentialsFor('w/0');
  const vault = { url: `https://127.0.0.1:${server.port}`, ca: readFileSync(authorityFile(dataDir), 'utf8') };
  await using unit = await unitOf(vault, { credentials: { ...given } });
  await unit.untilStatus(/^active/);
  // The same role, and its earlier secret id is no more.
  const renewed = await credentialsFor('w/0');
  expect(renewed['role-id']).toBe(given['role-id']);
  for (let round = 0; round < 3; round++) {
    for (let event = 0; event < 4; event++) await unit.run(tick);
    expect(unit.status()).toMatch(/this unit's credentials are not valid any more$/);
    if (round < 2) passWait(unit);
  }
  const tried = await action(unit, 'get-vault-secret', { path: 'my-secrets', key: 'token' });
  expect(tried).toMatchObject({ status: 'failed' });
  replaceCredentials(unit, { ...renewed });
  await unit.run(tick);
  expect(unit.status()).toMatch(/^active/);
});
