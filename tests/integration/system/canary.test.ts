import { type Dirent, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join, relative } from 'node:path';
import { text as textOf } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { controllerSocket, pathsFrom } from '../../../src/controller/paths.ts';
import { makeCertificates } from '../worker-kit/certificates.ts';
import { ExecTracer } from './exec-tracer.ts';
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
  broken: 'canary-broken-certificate-2b5e',
};

let system: System;
let tracer: ExecTracer | null;
let sightings: readonly Sighting[];
let texts: readonly string[];

beforeAll(async () => {
  system = new System();
  const { client } = await makeCertificates(system.root, 'one');
  texts = [...Object.values(marked), client.key.split('\n')[2] ?? ''];
  tracer = await ExecTracer.start(system);
  const sampler = new ProcSampler(texts);
  await system.do('model-config', 'logging-config=<root>=TRACE');
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
  // What is refused is not quoted either.
  await system.do(
    'config',
    worker,
    `tls-secret-id=${await secret('broken', { 'client-cert': marked.broken, 'client-key': marked.broken })}`,
  );
  await system.waitForUnit(unit, 'workload-status=="blocked" && agent-status=="idle"');
  sightings = sampler.end();
}, 300_000);
afterAll(async () => {
  await system?.close();
  tracer?.end();
});

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
  await until(`${name} has reached the worker`, 120_000, async () => {
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
  ['ssh', '--container', 'temporal-worker', unit, '/charm/bin/pebble', 'changes', '--abs-time'],
  ['ssh', '--container', 'temporal-worker', unit, '/charm/bin/pebble', 'logs', '-n', 'all'],
  ['ssh', '--container', 'temporal-worker', unit, '/charm/bin/pebble', 'notices'],
  ['ssh', '--container', 'temporal-worker', unit, '/charm/bin/pebble', 'services'],
] as const)('%s tells no secret', async (args) => {
  const { code, stdout, stderr } = await system.run(...args);
  expect(code).toBe(0);
  expect(leaks(stdout + stderr)).toEqual([]);
});

test('pebble tasks of no change tell a secret', async () => {
  const pebble = (...words: string[]) =>
    system.do('ssh', '--container', 'temporal-worker', unit, '/charm/bin/pebble', ...words);
  const ids = (await pebble('changes')).split('\n').flatMap((line) => /^\d+/.exec(line) ?? []);
  expect(ids).not.toEqual([]);
  for (const id of ids) expect(leaks(await pebble('tasks', id))).toEqual([]);
});

/** The answer to a request at a Unix socket. */
function answerOf(socketPath: string, path: string, body: string): Promise<string> {
  return new Promise((done, fail) => {
    const sent = request({ socketPath, path, method: 'POST' }, (response) => textOf(response).then(done, fail));
    sent.on('error', fail).end(body);
  });
}

const layerOf = (layer: string) => JSON.stringify({ action: 'add', label: 'x', format: 'yaml', layer });

test.for([
  ['no JSON', () => marked.juju],
  ['JSON that ends in between', () => `{"layer": "${marked.juju}`],
  ['JSON with a stray word', () => `{"layer": ${marked.juju}}`],
  ['a layer that is no YAML', () => layerOf(`services: {w: {environment: {A: ${marked.juju}}`)],
  ['a layer that is a text', () => layerOf(marked.juju)],
  ['an environment that is a list', () => layerOf(`services: {w: {override: merge, environment: [${marked.juju}]}}`)],
  [
    'a variable that is a map',
    () => layerOf(`services: {w: {override: merge, environment: {A: {B: ${marked.juju}}}}}`),
  ],
] as const)('the container answers %s without a word of it', async ([, body]) => {
  const { runtime } = pathsFrom(system.env);
  const socket = below(runtime).find(({ name }) => name === 'pebble.socket');
  const answered = await answerOf(join(socket?.parentPath ?? '', 'pebble.socket'), '/v1/layers', body());
  expect(answered).toContain('"type":"error"');
  expect(leaks(answered)).toEqual([]);
});

test.for([
  ['addSecret', () => `{"name": ${marked.juju}`],
  ['addSecret', () => `${marked.juju}`],
  ['addSecret', () => JSON.stringify({ name: 'x', content: { words: [`UPPER=${marked.juju}`], files: {} } })],
  ['addSecret', () => JSON.stringify({ name: 'x', content: { words: [], yaml: `[${marked.juju}` } })],
  ['updateSecret', () => JSON.stringify({ secret: 'mine', content: { words: [], yaml: `a: [${marked.juju}]` } })],
] as const)('the controller answers a %s that it cannot take without a word of it', async ([method, body]) => {
  const answered = await answerOf(controllerSocket(pathsFrom(system.env)), `/v1/${method}`, body());
  expect(answered).toContain('"error"');
  expect(leaks(answered)).toEqual([]);
});

test('of all processes that were ever started none has a secret in its arguments', async ({ skip }) => {
  if (tracer === null) skip('strace cannot be had here: processes are looked at every 2 ms instead');
  const { started, holding } = await tracer!.holding(texts);
  expect(started).toBeGreaterThan(100);
  expect(holding).toEqual([]);
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
  const files = below(system.data).filter((each) => each.isFile());
  const found = files.map((each) => join(each.parentPath, each.name)).filter((path) => leaks(textIn(path)).length > 0);
  const outside = found
    .map((path) => relative(system.data, path))
    .filter((path) => !/^units\/[^/]+\/containers\//.test(path));
  expect(outside).toEqual([]);
  const { runtime } = pathsFrom(system.env);
  const passing = below(runtime).filter((each) => each.isFile());
  expect(passing.filter((each) => leaks(textIn(join(each.parentPath, each.name))).length > 0)).toEqual([]);
  const open = found.filter((path) => ((statSync(path, { throwIfNoEntry: false })?.mode ?? 0) & 0o077) !== 0);
  expect(open).toEqual([]);
});

/** Whatever is in the directory and below. Hooks and databases come and go meanwhile: what has gone is passed over. */
function below(directory: string): Dirent[] {
  const found = unlessGone([], () => readdirSync(directory, { withFileTypes: true }));
  return found.flatMap((each) => (each.isDirectory() ? below(join(directory, each.name)) : [each]));
}

/** Empty for a file that has gone, and for one of 64 MiB and more. */
function textIn(path: string): string {
  return unlessGone('', () => (statSync(path).size < 64 << 20 ? readFileSync(path, 'latin1') : ''));
}

function unlessGone<T>(otherwise: T, look: () => T): T {
  try {
    return look();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return otherwise;
    throw error;
  }
}
