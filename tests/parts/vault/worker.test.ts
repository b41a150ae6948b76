import { execFileSync } from 'node:child_process';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  deployWorker,
  type Spine,
  unit,
  withTemporal,
  worker,
  workerProcesses,
} from '../../integration/system/spine.ts';
import { command, freePort, until } from '../../integration/system/system.ts';
import { clientOf, vaultPid } from './store-client.ts';

const vault = 'vault-k8s/0';
const mount = `charm-${worker}-${worker}`;
const names = ['FROM_ENV', 'FROM_JUJU', 'FROM_VAULT'];

let spine: Spine;
let port: number;

beforeAll(async () => {
  spine = await withTemporal();
  const { system } = spine;
  port = await freePort();
  await system.do('deploy', 'vault-k8s', '--channel', '1.16/edge', '--config', `port=${port}`);
  await deployWorker(spine);
  await system.do('add-secret', 'my-secret', `--file=${file('secret.yaml', { key1: 'juju-one' })}`);
  await system.do('grant-secret', 'my-secret', worker);
  await system.waitForUnit(vault, 'workload-status=="active"');
}, 600_000);
afterAll(() => spine?.system.close());

function file(name: string, content: unknown): string {
  const path = join(spine.system.root, name);
  writeFileSync(path, JSON.stringify(content), { mode: 0o600 });
  return path;
}

async function secretId(name: string): Promise<string> {
  const all = JSON.parse(await spine.system.do('secrets', '--format', 'json')) as Record<string, { name?: string }>;
  return Object.entries(all).find(([, secret]) => secret.name === name)?.[0] ?? '';
}

/** Sets the option `environment` to the three sources, of which the first holds this value. */
async function configure(value: string, more: Readonly<Record<string, unknown>> = {}): Promise<void> {
  const environment = {
    env: [{ name: 'FROM_ENV', value }],
    juju: [{ 'secret-id': await secretId('my-secret'), name: 'FROM_JUJU', key: 'key1' }],
    vault: [{ path: 'my-secrets', name: 'FROM_VAULT', key: 'key1' }],
    ...more,
  };
  await spine.system.do('config', worker, `environment=@${file('environment.yaml', environment)}`);
}

const active = () => spine.system.waitForUnit(unit, 'workload-status=="active" && agent-status=="idle"');
const blocked = (message: string) => spine.system.waitForMessage(unit, message);
const lookAgain = (of = unit) => spine.system.do('fire', 'update-status', of);
const pids = () => workerProcesses(spine.address).map(({ pid }) => pid);
const add = (value: string, key = 'key1') =>
  spine.system.do('run', unit, 'add-vault-secret', 'path=my-secrets', `key=${key}`, `value=${value}`);

/** Runs one of the sample's workflows on the real server and answers what it returned. */
async function workflow(workflow: string, ...args: readonly string[]): Promise<string> {
  const client = ['sample/dist/client.mjs', '--workflow', workflow, '--timeout', '120', ...args];
  const env = {
    ...process.env,
    TEMPORAL_ADDRESS: spine.address,
    TEMPORAL_NAMESPACE: 'test',
    TEMPORAL_TASK_QUEUE: 'test-queue',
  };
  const ran = await command(process.execPath, client, { env });
  if (ran.code !== 0) throw new Error(ran.stderr);
  return ran.stdout.trim();
}

const seen = async (): Promise<Record<string, string | null>> =>
  JSON.parse(await workflow('environment', ...names.flatMap((name) => ['--name', name])));

const sees = (wanted: Readonly<Record<string, string>>) =>
  until(`a workflow sees ${JSON.stringify(wanted)}`, 120_000, async () => {
    const now = await seen();
    return Object.entries(wanted).every(([name, value]) => now[name] === value) ? now : undefined;
  });

/** What Vault's owner does, past the charm. */
function owner() {
  const dir = execFileSync('find', [spine.system.data, '-name', 'root-token', '-printf', '%h'], { encoding: 'utf8' });
  const [token, ca] = ['root-token', 'ca.pem'].map((name) => readFileSync(join(dir, name), 'utf8'));
  return clientOf({ vault_url: `https://127.0.0.1:${port}`, ca_certificate: ca! }, token!.trim());
}

test('says that Vault is missing, then what is missing in it, and a workflow reads each of the three sources', async () => {
  const { system } = spine;
  await configure('env-one');
  await blocked('No vault relation found to fetch secrets from');
  await system.do('integrate', worker, 'vault-k8s');
  await blocked('Unable to read vault secret `key1` at path `my-secrets`: there is nothing at this path');
  expect(await add('vault-one')).toContain('result: secret successfully created');
  await active();
  expect(await seen()).toEqual({ FROM_ENV: 'env-one', FROM_JUJU: 'juju-one', FROM_VAULT: 'vault-one' });
  expect(await system.do('run', unit, 'get-vault-secret', 'path=my-secrets', 'key=key1')).toContain(
    'result: vault-one',
  );
});

test('each source is rotated, and the workflow sees the new value', async () => {
  const { system } = spine;
  await configure('env-two');
  await sees({ FROM_ENV: 'env-two' });
  await system.do('update-secret', 'my-secret', `--file=${file('secret.yaml', { key1: 'juju-two' })}`);
  await sees({ FROM_JUJU: 'juju-two' });
  const began = Date.now();
  await add('vault-two');
  await sees({ FROM_VAULT: 'vault-two' });
  figure(`vault value by action → seen by a workflow ${Date.now() - began} ms`);
  await owner().write(`${mount}/data/my-secrets`, { data: { key1: 'vault-three', other: 'x' } });
  await lookAgain();
  await sees({ FROM_ENV: 'env-two', FROM_JUJU: 'juju-two', FROM_VAULT: 'vault-three' });
  await active();
});

test('an action on a missing path or key fails with the reason, and a set key leaves the others', async () => {
  const { system } = spine;
  await add('vault-four');
  expect((await owner().read(`${mount}/data/my-secrets`)).data.data).toEqual({ key1: 'vault-four', other: 'x' });
  const asked = async (...params: readonly string[]) => {
    const ran = await system.run('run', unit, 'get-vault-secret', ...params);
    expect(ran.stdout).toContain('failed');
    return ran.stdout;
  };
  expect(await asked('path=my-secrets', 'key=none')).toContain(
    'Unable to read vault secret `none` at path `my-secrets`: the path has no such key',
  );
  expect(await asked('path=nowhere', 'key=none')).toContain(
    'Unable to read vault secret `none` at path `nowhere`: there is nothing at this path',
  );
  expect(await asked('path=../sys', 'key=none')).toContain('cannot use path');
  await sees({ FROM_VAULT: 'vault-four' });
  await active();
});

test('while Vault is sealed or does not answer, the reason is shown, the same worker runs on, and it heals by itself', async () => {
  const { system } = spine;
  const before = pids();
  await system.do('config', 'vault-k8s', 'auto-unseal=false');
  // An event that began before would still unseal it.
  await lookAgain(vault);
  await owner().write('sys/seal', {});
  await system.waitForUnit(vault, 'workload-message=="Please unseal Vault"');
  await lookAgain();
  await blocked('Unable to read from vault: cannot log in to Vault: Vault is sealed');
  expect(await system.run('run', unit, 'get-vault-secret', 'path=my-secrets', 'key=key1')).toMatchObject({
    stdout: expect.stringContaining('Vault is sealed'),
  });
  expect(await spine.greet('sealed')).toMatchObject({ stdout: 'Hello, sealed!\n' });
  await system.do('config', 'vault-k8s', 'auto-unseal=true');
  await active();
  const pid = await vaultPid(port);
  process.kill(pid, 'SIGSTOP');
  try {
    await lookAgain();
    await blocked('Unable to read from vault: cannot log in to Vault: no answer within 3 s');
    expect(await spine.greet('frozen')).toMatchObject({ stdout: 'Hello, frozen!\n' });
  } finally {
    process.kill(pid, 'SIGCONT');
  }
  await active();
  process.kill(await vaultPid(port), 'SIGKILL');
  await system.waitForUnit(vault, 'workload-status=="active" && agent-status=="idle"');
  await lookAgain();
  await active();
  expect(pids()).toEqual(before);
});

test('a denied path, a removed role and a deleted key are told, and what Vault’s charm mends heals the worker', async () => {
  const { system } = spine;
  const before = pids();
  const role = `${mount}-${unit.replace('/', '-')}`;
  await owner().delete(`sys/policies/acl/${role}`);
  await lookAgain();
  await blocked('Unable to read from vault: cannot read from Vault: permission denied');
  await lookAgain(vault);
  await active();
  await owner().delete(`auth/approle/role/${role}`);
  await lookAgain();
  await blocked("Unable to read from vault: cannot log in to Vault: this unit's credentials are not valid any more");
  await lookAgain(vault);
  await active();
  await owner().write(`${mount}/data/my-secrets`, { data: { other: 'x' } });
  await lookAgain();
  await blocked('Unable to read vault secret `key1` at path `my-secrets`: the path has no such key');
  expect(pids()).toEqual(before);
  expect(await seen()).toMatchObject({ FROM_VAULT: 'vault-four' });
  await add('vault-five');
  await active();
  await sees({ FROM_VAULT: 'vault-five' });
  expect(await system.do('status', '--format', 'json')).not.toContain('vault-five');
});

test('a workflow writes and reads Vault from inside the worker, by a role that Vault’s owner made', async () => {
  const { system } = spine;
  const root = owner();
  await root.write('sys/mounts/mine', { type: 'kv', options: { version: '2' } });
  await root.write('sys/policies/acl/mine', {
    policy: 'path "mine/*" { capabilities = ["create", "read", "update"] }',
  });
  await root.write('auth/approle/role/mine', { token_policies: ['mine'], token_ttl: '10m' });
  const { role_id } = (await root.read('auth/approle/role/mine/role-id')).data;
  const { secret_id } = (await root.write('auth/approle/role/mine/secret-id', {})).data;
  const ca = readFileSync(
    execFileSync('find', [system.data, '-name', 'ca.pem', '-path', '*vault*'], { encoding: 'utf8' }).trim(),
    'utf8',
  );
  const content = { 'vault-role-id': role_id, 'vault-secret-id': secret_id, 'vault-cacert-bytes': ca };
  await system.do('add-secret', 'vault-login', `--file=${file('login.yaml', content)}`);
  await system.do('grant-secret', 'vault-login', worker);
  await configure('env-three', {
    env: [
      { name: 'FROM_ENV', value: 'env-three' },
      { name: 'VAULT_ADDR', value: `https://127.0.0.1:${port}` },
      { name: 'VAULT_MOUNT', value: 'mine' },
    ],
    juju: [{ 'secret-id': await secretId('vault-login') }],
  });
  await sees({ FROM_ENV: 'env-three' });
  expect(JSON.parse(await workflow('vault', '--name', 'Vault'))).toEqual({ greeting: 'Hello, Vault!', version: 1 });
  expect((await root.read('mine/data/sample')).data.data).toEqual({ greeting: 'Hello, Vault!' });
});

test('without the relation it is blocked and the worker runs on; a new relation heals it', async () => {
  const { system } = spine;
  const before = pids();
  await system.do('remove-relation', worker, 'vault-k8s');
  await blocked('No vault relation found to fetch secrets from');
  expect(await spine.greet('alone')).toMatchObject({ stdout: 'Hello, alone!\n' });
  await system.relateAgain(worker, 'vault-k8s');
  await active();
  expect(pids()).toEqual(before);
});

test('no value of Vault is in a log, a status or anything shown', async () => {
  const { system } = spine;
  const shown = await Promise.all([
    system.debugLog(),
    system.do('status', '--relations', '--format', 'json'),
    system.do('show-unit', unit, vault, '--format', 'json'),
    system.do('env', unit, '--explain'),
  ]);
  for (const text of shown) expect(text).not.toMatch(/vault-(one|two|three|four|five)/);
});

function figure(line: string): void {
  if (process.env.CHARMLET_FIGURES) appendFileSync(process.env.CHARMLET_FIGURES, `${line}\n`);
}
