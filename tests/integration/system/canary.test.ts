import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeCertificates } from '../worker-kit/certificates.ts';
import { ProcSampler, type Sighting } from './proc-sampler.ts';
import { unit, worker } from './spine.ts';
import { checkout, System, until } from './system.ts';

/** Every kind of secret has its own marked value, so that what leaks tells which. */
const marked = {
  juju: 'canary-juju-5f1c',
  auth: 'canary-auth-encryption-key-00000',
  apiKey: 'canary-api-key-77aa',
  parameter: 'canary-parameter-91bd',
  rotated: 'canary-rotated-c0de',
};

let system: System;
let sightings: readonly Sighting[];
let texts: readonly string[];

beforeAll(async () => {
  system = new System();
  const { client } = await makeCertificates(system.root, 'one');
  texts = [...Object.values(marked), client.key.split('\n')[2] ?? ''];
  const sampler = new ProcSampler(texts);
  const resource = `temporal-worker-image=${join(checkout, 'tests/fixtures/sleeping-worker')}`;
  await system.do('deploy', worker, '--resource', resource, '--config=host=127.0.0.1:1', '--config=queue=q');
  const id = await secret('mine', { token: marked.juju });
  await system.do('config', worker, 'namespace=n', `environment={juju: [{secret-id: "${id}", name: T, key: token}]}`);
  await system.do('config', worker, `auth-secret-id=${await secret('auth', { 'encryption-key': marked.auth })}`);
  const tls = await secret('tls', { 'client-cert': client.cert, 'client-key': client.key });
  await system.do('config', worker, `tls-secret-id=${tls}`);
  await told('TEMPORAL_TLS_CLIENT_KEY_PATH');
  await system.do('config', worker, '--reset', 'tls-secret-id');
  await system.do('config', worker, `api-key-secret-id=${await secret('api', { 'api-key': marked.apiKey })}`);
  await told('TEMPORAL_API_KEY');
  await system.do('update-secret', 'mine', `--file=${file('mine-2', { token: marked.rotated })}`);
  const params = file('params', { path: 'p', key: 'k', value: marked.parameter });
  await system.run('run', unit, 'add-vault-secret', '--params', params);
  await told('T');
  sightings = sampler.end();
}, 300_000);
afterAll(() => system.close());

/** A file of `key: value` lines; returns its path. */
function file(name: string, content: Readonly<Record<string, string>>): string {
  const path = join(system.root, `${name}.yaml`);
  writeFileSync(path, JSON.stringify(content), { mode: 0o600 });
  return path;
}

/** Adds and grants a secret by file, so that no value is in an argument; returns its id. */
async function secret(name: string, content: Readonly<Record<string, string>>): Promise<string> {
  const id = (await system.do('add-secret', name, `--file=${file(name, content)}`)).trim();
  await system.do('grant-secret', name, worker);
  return id;
}

/** Waits until the worker has been told of the variable what is wanted. */
async function told(name: string): Promise<void> {
  await until(`${name} has reached the worker`, 90_000, async () => {
    const { variables } = JSON.parse(await system.do('env', unit, '--explain', '--format', 'json'));
    return variables.find((each: { name: string }) => each.name === name)?.worker === 'same' || undefined;
  });
}

function leaks(text: string): string[] {
  const encoded = texts.flatMap((each) => [each, Buffer.from(each).toString('base64').replace(/=+$/, '').slice(0, -1)]);
  return encoded.filter((each) => text.includes(each));
}

test.for([
  ['status'],
  ['status', '--format', 'json'],
  ['status', '--format', 'yaml'],
  ['show-unit', unit, '--format', 'json'],
  ['capture', unit],
  ['config', worker, '--format', 'json'],
  ['secrets', '--format', 'json'],
  ['show-secret', 'mine', '--revisions', '--format', 'json'],
  ['operations', '--format', 'json'],
  ['show-operation', '1', '--format', 'json'],
  ['show-task', '2', '--format', 'json'],
  ['debug-log', '--replay', '--no-tail'],
  ['env', unit, '--explain', '--format', 'json'],
  ['ssh', '--container', 'temporal-worker', unit, 'pebble', 'changes', '--abs-time'],
  ['ssh', '--container', 'temporal-worker', unit, 'pebble', 'logs', '-n', 'all'],
] as const)('%s tells no secret', async (args) => {
  const { stdout, stderr } = await system.run(...args);
  expect(stdout + stderr).not.toBe('');
  expect(leaks(stdout + stderr)).toEqual([]);
});

test('the same search finds a value that was asked for', async () => {
  expect(leaks(await system.do('env', unit, '--reveal', '--format', 'json'))).toContain(marked.rotated);
});

test('no secret is ever in an argument of a process, nor in an environment but the worker’s', () => {
  expect(sightings.filter(({ where }) => where === 'cmdline')).toEqual([]);
  // What makes the worker's view of the file system runs in the process that becomes the worker, and in its children.
  const workers = sightings.filter(({ command }) => /^(\/bin\/sh .*start-worker\.sh|sleep 100000)/.test(command));
  const groups = new Set(workers.map(({ group }) => group));
  expect(workers.length).toBeGreaterThan(0);
  expect(sightings.filter(({ group }) => group > 0 && !groups.has(group))).toEqual([]);
});

test('no secret is in a database, a log or a databag; files of the container that hold one are its owner’s alone', () => {
  const files = readdirSync(system.data, { recursive: true, withFileTypes: true }).filter((each) => each.isFile());
  const found = files
    .map((each) => join(each.parentPath, each.name))
    .filter((path) => statSync(path).size < 64 << 20 && leaks(readFileSync(path, 'latin1')).length > 0);
  const outside = found
    .map((path) => relative(system.data, path))
    .filter((path) => !/^units\/[^/]+\/containers\//.test(path));
  expect(outside).toEqual([]);
  expect(found.filter((path) => (statSync(path).mode & 0o077) !== 0)).toEqual([]);
});
