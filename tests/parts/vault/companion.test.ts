import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { portHolder } from '../../../src/companions/port-holder.ts';
import recorded from '../../fixtures/vault-kv/exchange.json' with { type: 'json' };
import { freePort, System, until } from '../../integration/system/system.ts';
import { clientOf, type Given, given, isLetIn, loggedIn, nonceOf, vaultPid, writeClientCharm } from './store-client.ts';

let system: System;
let port: number;
let charm: string;
const unit = 'vault-k8s/0';

beforeAll(async () => {
  system = new System();
  port = await freePort();
  await system.do('deploy', 'vault-k8s', '--channel', '1.16/edge', '--config', `port=${port}`);
  charm = writeClientCharm(system);
  await system.do('deploy', charm, 'client', '-n', '2');
  await active();
}, 300_000);
afterAll(() => system?.close());

const active = () => system.waitForUnit(unit, 'workload-status=="active" && agent-status=="idle"');
const workload = async (of = unit) => (await system.unit(of))['workload-status'];
/** The unit's own directory, wherever the controller puts it. */
const dataDir = () => execFileSync('find', [system.data, '-name', 'unseal-key', '-printf', '%h'], { encoding: 'utf8' });

test('is active once it is initialised and unsealed, over TLS, its keys for its owner only', async () => {
  expect((await workload()).message ?? '').toBe('');
  expect((await system.unit(unit))['open-ports']).toEqual([`${port}/tcp`]);
  expect((await system.status()).applications['vault-k8s']!.version).toMatch(/^1\.\d+\.\d+$/);
  for (const file of ['unseal-key', 'root-token', 'charm-role.json', 'tls.key'])
    expect([file, statSync(join(dataDir(), file)).mode & 0o777]).toEqual([file, 0o600]);
  await expect(fetch(`http://127.0.0.1:${port}/v1/sys/health`).then((answer) => answer.status)).resolves.toBe(400);
});

let first: Given;
let second: Given;

test('gives every unit of a related application a role of its own in the application’s store, as the library writes it', async () => {
  await system.do('integrate', 'client', 'vault-k8s');
  second = await given(system, 'client/1');
  const both = ({ bag }: Given) => Object.keys(JSON.parse(bag.credentials ?? '{}')).length === 2;
  first = await given(system, 'client/0', both);
  expect(Object.keys(first.bag).sort()).toEqual(Object.keys(recorded.provider.applicationBag).sort());
  expect(first.bag).toMatchObject({
    vault_url: `https://127.0.0.1:${port}`,
    mount: 'charm-client-mine',
    ca_certificate: expect.stringMatching(/^-----BEGIN CERTIFICATE-----\n/),
  });
  expect(Object.keys(JSON.parse(first.bag.credentials ?? '')).sort()).toEqual(['client/0', 'client/1'].map(nonceOf));
  expect(Object.keys(first.credentials).sort()).toEqual(recorded.provider.secretKeys);
  expect(first.credentials['role-id']).not.toBe(second.credentials['role-id']);
  const [one, other] = await Promise.all([loggedIn(first), loggedIn(second)]);
  await one.write('charm-client-mine/data/a', { data: { k: 'v' } });
  expect((await other.read('charm-client-mine/data/a')).data.data).toEqual({ k: 'v' });
});

test('a role opens its own store and nothing else', async () => {
  await system.do('deploy', charm, 'other');
  await system.do('integrate', 'other', 'vault-k8s');
  const stranger = await loggedIn(await given(system, 'other/0'));
  await expect(stranger.read('charm-client-mine/data/a')).rejects.toThrow('permission denied');
  await expect(stranger.read('sys/mounts')).rejects.toThrow('permission denied');
  await expect(stranger.read('sys/policies/acl/charm-access')).rejects.toThrow('permission denied');
});

test('a unit that calls from elsewhere gets a new secret id, bound to there, and the old one is worth nothing', async () => {
  const before = await given(system, 'other/0');
  await system.do('config', 'other', 'egress=10.9.9.9/32');
  const changed = (now: Given) => now.credentials['role-secret-id'] !== before.credentials['role-secret-id'];
  const elsewhere = await given(system, 'other/0', changed);
  expect([await isLetIn(before), await isLetIn(elsewhere)]).toEqual([false, false]);
  await system.do('config', 'other', 'egress=127.0.0.1/32,::1/128');
  const here = await given(system, 'other/0', isLetIn);
  expect(here.credentials['role-id']).toBe(before.credentials['role-id']);
  await system.do('config', 'other', 'egress=everywhere');
  await system.waitForUnit(unit, 'workload-status=="blocked"');
  expect((await workload()).message).toBe(
    'cannot let other/0 in: egress_subnet "everywhere" (a range such as 10.1.2.3/32)',
  );
  await system.do('config', 'other', '--reset', 'egress');
  await active();
});

test('a unit that goes loses its way in at once, with a token that it has', async () => {
  const token = await loggedIn(second);
  expect((await token.read('charm-client-mine/data/a')).data.data).toEqual({ k: 'v' });
  await system.do('remove-unit', 'client', '--num-units', '1');
  await until('the token is good for nothing', 120_000, () =>
    token.read('charm-client-mine/data/a').then(
      () => undefined,
      () => true,
    ),
  );
  // Vault forgets the policy first, and with it what tokens are good for; then the role.
  await until('the unit is not let in', 120_000, async () => ((await isLetIn(second)) ? undefined : true));
  expect(await isLetIn(first)).toBe(true);
  await until('its nonce is gone', 120_000, async () =>
    (await system.do('show-unit', 'client/0', '--format', 'json')).includes(nonceOf('client/1')) ? undefined : true,
  );
});

test('a Vault that is killed, or sealed by hand, is open again with all that it held', async () => {
  const pid = await vaultPid(port);
  process.kill(pid, 'SIGKILL');
  await until('another process serves, and is open', 120_000, async () =>
    (await vaultPid(port)) !== pid && (await isLetIn(first)) ? true : undefined,
  );
  await active();
  const root = clientOf(first.bag, readFileSync(join(dataDir(), 'root-token'), 'utf8').trim());
  await root.write('sys/seal', {});
  await until('it is open again', 120_000, async () => ((await isLetIn(first)) ? true : undefined));
  await active();
  const client = await loggedIn(first);
  expect((await client.read('charm-client-mine/data/a')).data.data).toEqual({ k: 'v' });
});

test('outlives the controller, and comes back after stop, with nothing new to tell', async () => {
  const [pid, before] = [await vaultPid(port), await given(system, 'client/0')];
  process.kill(system.controllerPid(), 'SIGKILL');
  await active();
  expect(await vaultPid(port)).toBe(pid);
  expect(await given(system, 'client/0')).toEqual(before);
  expect(await isLetIn(before)).toBe(true);
  await system.do('stop');
  expect(await portHolder(port)).toBeUndefined();
  await active();
  await until('it is open', 120_000, async () => ((await isLetIn(before)) ? true : undefined));
});

test('another port is taken by a restart, and a foreign holder of it is named', async () => {
  const other = await freePort();
  const holder = createServer().listen(other, '127.0.0.1');
  await once(holder, 'listening');
  await system.do('config', 'vault-k8s', `port=${other}`);
  await system.waitForUnit(unit, 'workload-status=="blocked"');
  expect((await workload()).message).toBe(
    `cannot listen on 127.0.0.1:${other}: port taken by pid ${process.pid} (node) (charmlet config vault-k8s port=<free port>)`,
  );
  await new Promise((done) => holder.close(done));
  await system.do('config', 'vault-k8s', `port=${port}`);
  await active();
  expect(await isLetIn(await given(system, 'client/0', isLetIn))).toBe(true);
});

test('without the relation the way in is closed; with a new one the store is there as it was', async () => {
  const before = await given(system, 'client/0');
  await system.do('remove-relation', 'client', 'vault-k8s');
  await until('nobody is let in', 120_000, async () => ((await isLetIn(before)) ? undefined : true));
  await system.relateAgain('client', 'vault-k8s');
  const again = await loggedIn(await given(system, 'client/0', isLetIn));
  expect((await again.read('charm-client-mine/data/a')).data.data).toEqual({ k: 'v' });
});

test('no key, token or secret id is in a log, a status, an argument or anything shown', async () => {
  const keys = ['unseal-key', 'root-token'].map((file) => readFileSync(join(dataDir(), file), 'utf8').trim());
  const secretId = (await given(system, 'client/0')).credentials['role-secret-id'];
  const shown = await Promise.all([
    system.debugLog(),
    system.do('status', '--relations', '--format', 'json'),
    system.do('show-unit', unit, 'client/0', '--format', 'json'),
  ]);
  const argv = execFileSync('sh', ['-c', 'cat /proc/[0-9]*/cmdline 2>/dev/null; true'], { maxBuffer: 64 << 20 });
  for (const text of [...shown, argv.toString()])
    for (const secret of [...keys, secretId]) expect(text.includes(secret)).toBe(false);
});
