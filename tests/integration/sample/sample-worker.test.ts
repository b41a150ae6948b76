import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { fakeVault, role } from '../agent/fake-vault.ts';
import { layOutPythonWorker } from '../python-worker.ts';
import { freePort } from '../system/system.ts';
import { startTemporal, type TemporalServer } from '../temporal-server.ts';

const sample = join(import.meta.dirname, '../../../sample');
let server: TemporalServer;
let root: string;
/** A copy of the sample far away from any node_modules. */
let copy: string;
const running: ChildProcess[] = [];

beforeAll(async () => {
  await run(process.execPath, [join(sample, 'build.mjs')]);
  server = await startTemporal({ namespaces: ['test'] });
  root = await mkdtemp(join(tmpdir(), 'sample-'));
  copy = join(root, 'app');
  const kept = (path: string) => !path.includes('node_modules');
  await cp(sample, copy, { recursive: true, filter: kept });
});
afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL');
});
afterAll(async () => {
  await server?.close();
  await rm(root, { recursive: true, force: true });
});

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function run(file: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(file, [...args], { env }, (error, stdout, stderr) => {
      resolve({ code: error ? ((error.code as unknown as number) ?? null) : 0, stdout, stderr });
    });
  });
}

function environment(queue: string, more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const path = `${dirname(process.execPath)}:${process.env.PATH}`;
  const options = { HOST: server.address, NAMESPACE: 'test', QUEUE: queue };
  const names = Object.entries(options).flatMap(([name, value]) => [
    [`TWC_${name}`, value],
    [`TEMPORAL_${name}`, value],
  ]);
  return { PATH: path, ...Object.fromEntries(names), TEMPORAL_WORKER_IDENTITY: `${queue}/0@12345678`, ...more };
}

const start = (queue: string, more?: NodeJS.ProcessEnv) =>
  run('sh', [join(copy, 'scripts/start-worker.sh')], environment(queue, more));

/** Starts a worker and waits until it says that it listens. */
async function listening(
  queue: string,
  more: NodeJS.ProcessEnv = {},
  directory = copy,
): Promise<{ child: ChildProcess; said(): string }> {
  const child = spawn(join(directory, 'scripts/start-worker.sh'), { env: environment(queue, more) });
  running.push(child);
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (part) => (text += part));
  await expect.poll(() => text, { timeout: 90_000, interval: 20 }).toContain('worker listens');
  return { child, said: () => text };
}

const greet = (queue: string, ...args: string[]) =>
  run(
    process.execPath,
    [join(copy, 'dist/client.mjs'), '--queue', queue, '--timeout', '60', ...args],
    environment('ignored'),
  );

test('runs from a copy without node_modules, and a client gets its greeting', async () => {
  const { said } = await listening('greeting');
  expect(await greet('greeting', '--name', 'Ada')).toEqual({ code: 0, stdout: 'Hello, Ada!\n', stderr: '' });
  // The SDK holds log entries back for 0.1 s to put them in order.
  const entry = /^\S+ \[INFO\] greeting .*workflowId=greeting-\S+ .*name=Ada$/m;
  await expect.poll(said, { timeout: 60_000 }).toMatch(entry);
});

test('tells variables of the user, and none that may be a secret of the charm', async () => {
  await listening('environment', { key1: 'value1', TEMPORAL_API_KEY: '' });
  const asked = (...names: string[]) =>
    greet('environment', '--workflow', 'environment', ...names.flatMap((name) => ['--name', name]));
  expect(await asked('key1', 'key2')).toEqual({ code: 0, stdout: '{"key1":"value1","key2":null}\n', stderr: '' });
  expect(await asked('key1', 'TWC_ENCRYPTION_KEY')).toEqual({
    code: 1,
    stdout: '',
    stderr:
      'error: cannot run workflow "environment": cannot tell TWC_ENCRYPTION_KEY (a name that does not begin with TWC_, TEMPORAL_ or VAULT_)\n',
  });
});

test('writes to Vault and reads from it, from inside the worker', async () => {
  await using vault = await fakeVault({ mount: 'secret' });
  const login = { VAULT_ADDR: vault.url, VAULT_CACERT_BYTES: vault.ca, VAULT_ROLE_ID: role['role-id'] };
  await listening('vault', { ...login, VAULT_SECRET_ID: role['role-secret-id'] });
  const asked = () => greet('vault', '--workflow', 'vault', '--name', 'Ada');
  expect(await asked()).toEqual({ code: 0, stdout: '{"greeting":"Hello, Ada!","version":1}\n', stderr: '' });
  expect(vault.store).toEqual({ sample: { greeting: 'Hello, Ada!' } });
  vault.trouble = { status: 503, errors: ['Vault is sealed'] };
  expect((await asked()).stderr).toBe('error: cannot run workflow "vault": cannot log in to Vault: Vault is sealed\n');
});

test('says what Vault or the database lacks', async () => {
  await listening('lacks');
  expect((await greet('lacks', '--workflow', 'vault')).stderr).toBe(
    'error: cannot run workflow "vault": VAULT_ADDR is not set (docs/how-to/use-vault.md tells how to give it to the worker)\n',
  );
  expect((await greet('lacks', '--workflow', 'database')).stderr).toBe(
    'error: cannot run workflow "database": TEMPORAL_DB_HOST is not set (relate the worker to a database: docs/how-to/use-a-database.md)\n',
  );
});

test('polls under the identity that the charm gives it', async () => {
  await listening('identity');
  const pollers = async () =>
    (await server.cli('task-queue', 'describe', '--namespace=test', '--task-queue=identity')).stdout;
  await expect.poll(pollers, { timeout: 60_000 }).toContain('identity/0@12345678');
});

test('serves metrics where it is told to', async () => {
  const port = await freePort();
  await listening('metrics', { TEMPORAL_PROMETHEUS_BIND_ADDRESS: `127.0.0.1:${port}` });
  const metrics = async () => (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  await expect.poll(metrics, { timeout: 60_000 }).toContain('temporal_worker_start');
});

test('works without metrics when their port is taken, and says so', async () => {
  const port = await freePort();
  const taken = createServer().listen(port, '127.0.0.1');
  await once(taken, 'listening');
  const { said } = await listening('taken', { TEMPORAL_PROMETHEUS_BIND_ADDRESS: `127.0.0.1:${port}` });
  taken.close();
  expect(said()).toContain(`[WARN] metrics are off: cannot listen on 127.0.0.1:${port}: port taken`);
  expect((await greet('taken')).stdout).toBe('Hello, World!\n');
});

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  test(`drains and exits 0 on ${signal}`, async () => {
    const { child, said } = await listening('drain');
    // All that it wrote has been read by then, which it need not be at its exit.
    const closed = once(child, 'close');
    child.kill(signal);
    expect(await closed).toEqual([0, null]);
    expect(said()).toContain('state=DRAINED');
  });
}

test('ends with one line when nobody listens at the host', async () => {
  const port = await freePort();
  expect(await start('refused', { TWC_HOST: `127.0.0.1:${port}` })).toEqual({
    code: 1,
    stdout: '',
    stderr: `error: cannot connect to Temporal at "127.0.0.1:${port}": Connection refused (is the server up, and is the host right?)\n`,
  });
});

test('ends with one line when the host answers nothing', async () => {
  const silent: Server = createServer(() => {}).listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const { port } = silent.address() as { port: number };
  const { code, stderr } = await start('silent', { TWC_HOST: `127.0.0.1:${port}` });
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: `error: cannot connect to Temporal at "127.0.0.1:${port}": no answer in 4 s (is the server up, and is the host right?)\n`,
  });
  silent.close();
});

test('ends with one line when the namespace does not exist', async () => {
  const { code, stderr } = await start('q', { TWC_NAMESPACE: 'nowhere' });
  expect(code).toBe(1);
  expect(stderr).toBe('error: cannot serve task queue "q" in namespace "nowhere": Namespace nowhere is not found.\n');
});

test('ends with one line when a setting is missing', async () => {
  const { code, stderr } = await start('q', { TWC_QUEUE: '', TEMPORAL_QUEUE: '' });
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: 'error: cannot read the environment: TWC_QUEUE or TEMPORAL_QUEUE or TEMPORAL_TASK_QUEUE is not set\n',
  });
});

test('the client names the workflows there are', async () => {
  expect((await greet('any', '--workflow', 'farewell')).stderr).toBe(
    'error: cannot run workflow "farewell": there are greeting, environment, vault, database\n',
  );
});

test('the client ends with one line when no worker answers', async () => {
  expect(await greet('nobody', '--timeout', '1')).toEqual({
    code: 1,
    stdout: '',
    stderr:
      'error: cannot run workflow "greeting": no result within 1 s (does a worker listen on task queue "nobody" in namespace "test"?)\n',
  });
});

test('the build does nothing when nothing has changed', async () => {
  expect((await run(process.execPath, [join(sample, 'build.mjs')])).stdout).toBe('sample/dist is up to date\n');
});

test('a Python worker runs the same way', async (context) => {
  const directory = join(root, 'python');
  const { missing } = await layOutPythonWorker(directory, { relative: true });
  if (missing) context.skip(missing);
  await listening('python', {}, directory);
  expect((await greet('python', '--name', 'Grace')).stdout).toBe('Hello, Grace! (Python)\n');
});
