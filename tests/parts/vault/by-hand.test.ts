import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findBinary } from '../../../src/companions/binary.ts';
import { vaultBinary } from '../../../src/companions/vault-k8s/vault-binary.ts';
import { command, freePort, System, until } from '../../integration/system/system.ts';
import { given, isLetIn, writeClientCharm } from './store-client.ts';

let system: System;
let port: number;
let good: string;
let keys: { readonly unseal_keys_b64: readonly string[]; readonly root_token: string };
const unit = 'vault-k8s/0';

beforeAll(async () => {
  system = new System();
  port = await freePort();
  await system.do('deploy', 'vault-k8s', '--config', `port=${port}`, '--config', 'auto-unseal=false');
  await system.do('deploy', writeClientCharm(system), 'client');
  await system.do('integrate', 'client', 'vault-k8s');
}, 300_000);
afterAll(() => system?.close());

const says = (message: string) => system.waitForMessage(unit, message);
const isBlocked = async () => (await system.unit(unit))['workload-status'].current === 'blocked';

/** Runs Vault's own command line, as the user does who follows the charm's documentation. */
async function vault(args: readonly string[], token = ''): Promise<string> {
  const { found } = await findBinary(vaultBinary, { cache: system.env.CHARMLET_CACHE ?? '', env: system.env });
  const env = {
    ...system.env,
    HOME: system.root,
    VAULT_ADDR: `https://127.0.0.1:${port}`,
    VAULT_CACERT: join(system.root, 'vault.pem'),
    VAULT_TOKEN: token,
  };
  const ran = await command(found?.path ?? '', args, { env });
  if (ran.code !== 0) throw new Error(ran.stderr);
  return ran.stdout;
}

async function secret(name: string, content: Readonly<Record<string, string>>): Promise<string> {
  const file = join(system.root, `${name}.yaml`);
  writeFileSync(file, JSON.stringify(content), { mode: 0o600 });
  return (await system.do('add-secret', name, `--file=${file}`)).trim();
}

async function refused(id: string): Promise<string> {
  const ran = await system.run('run', unit, 'authorize-charm', `secret-id=${id}`);
  expect(ran.stdout).toContain('failed');
  return ran.stdout;
}

test('waits for its user to initialise, to unseal and to authorise, in the charm’s words', async () => {
  await says('Please initialize Vault or integrate with an auto-unseal provider');
  const secrets = JSON.parse(await system.do('secrets', '--format', 'json')) as Record<string, { label?: string }>;
  const [id] = Object.entries(secrets).find(([, { label }]) => label === 'self-signed-vault-ca-certificate')!;
  const shown = JSON.parse(await system.do('show-secret', id, '--reveal', '--format', 'json'));
  const { certificate } = (Object.values(shown)[0] as { content: { certificate: string } }).content;
  writeFileSync(join(system.root, 'vault.pem'), certificate);

  keys = JSON.parse(await vault(['operator', 'init', '-key-shares=1', '-key-threshold=1', '-format=json']));
  await says('Please unseal Vault');
  await vault(['operator', 'unseal', keys.unseal_keys_b64[0]!]);
  await says('Please authorize charm (see `authorize-charm` action)');
  expect(await isBlocked()).toBe(true);
});

test('refuses what is no token, in the charm’s words', async () => {
  const unknown = 'The secret id provided could not be found by the charm. Please grant the token secret to the charm.';
  expect(await refused('secret:d0aaaaaaaaaaaaaaaaaa')).toContain(unknown);
  good = await secret('good', { token: keys.root_token });
  expect(await refused(good)).toContain(unknown);
  const empty = await secret('empty', { other: 'x' });
  await system.do('grant-secret', 'empty', 'vault-k8s');
  expect(await refused(empty)).toContain('Token not found in the secret. Please provide a valid token secret.');
  const wrong = await secret('wrong', { token: 'hvs.nobody' });
  await system.do('grant-secret', 'wrong', 'vault-k8s');
  expect(await refused(wrong)).toContain(
    'The token provided is not valid. Please use a Vault token with the appropriate permissions.',
  );
  expect(await isBlocked()).toBe(true);
});

test('serves its relations once it is authorised, also when the token is gone', async () => {
  await system.do('grant-secret', 'good', 'vault-k8s');
  const ran = await system.do('run', unit, 'authorize-charm', `secret-id=${good}`);
  expect(ran).toContain('Charm authorized successfully. You may now remove the secret.');
  await system.waitForUnit(unit, 'workload-status=="active"');
  await system.do('remove-secret', 'good');
  await vault(['token', 'revoke', '-self'], keys.root_token);
  expect(await isLetIn(await given(system, 'client/0'))).toBe(true);
});

test('stays sealed when it was sealed or killed, and says so', async () => {
  const found = await given(system, 'client/0');
  await system.do('stop');
  await says('Please unseal Vault');
  expect(await isLetIn(found)).toBe(false);
  await vault(['operator', 'unseal', keys.unseal_keys_b64[0]!]);
  await system.waitForUnit(unit, 'workload-status=="active"');
  await until('the unit is let in', 120_000, async () => ((await isLetIn(found)) ? true : undefined));
});
