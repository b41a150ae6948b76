import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { PebbleClient } from '../../../src/pebble/client.ts';
import { eventually, isRunning } from './run-supervisor.ts';

const program = join(import.meta.dirname, '../../../src/bin/charmlet.ts');
let root = '';
let daemon: ChildProcess | undefined;
let said = '';

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'by-hand-'));
  mkdirSync(join(root, 'd/layers'), { recursive: true });
  said = '';
});
afterEach(async () => {
  if (daemon?.exitCode === null && daemon.signalCode === null) {
    daemon.kill('SIGTERM');
    await once(daemon, 'exit');
  }
  rmSync(root, { recursive: true, force: true });
});

const env = () => ({ PATH: process.env.PATH, HOME: root, PEBBLE_SOCKET: join(root, 's') });

function charmlet(...words: string[]): ChildProcess {
  return spawn(process.execPath, ['--disable-warning=ExperimentalWarning', program, ...words], {
    cwd: root,
    env: env(),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

async function run(...words: string[]): Promise<{ exitCode: number | null; stdout: string; stderr: string }> {
  const child = charmlet(...words);
  const output = { stdout: '', stderr: '' };
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    output.stdout += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    output.stderr += text;
  });
  const [exitCode] = (await once(child, 'close')) as [number | null];
  return { exitCode, ...output };
}

async function start(...words: string[]): Promise<PebbleClient> {
  const started = charmlet('pebble', 'run', '--dir', 'd', ...words);
  daemon = started;
  for (const stream of [started.stdout, started.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
  }
  await eventually('the daemon says that it has started', () => {
    if (started.exitCode !== null) throw new Error(`it ended: ${said}`);
    return said.includes('Started daemon');
  });
  return new PebbleClient({ socket: join(root, 's') });
}

test('a daemon run by hand starts what its layers say, and ends in order', async () => {
  const layer =
    'services: {web: {override: replace, command: "sh -c \'pwd; echo $$; exec sleep 1000\'", startup: enabled}}';
  writeFileSync(join(root, 'd/layers/001-base.yaml'), layer);
  writeFileSync(join(root, 'd/layers/notes.txt'), 'not a layer');
  const client = await start('--verbose');
  const pid = await eventually('the service says its pid', () => Number(/\[web\] (\d+)\n/.exec(said)?.[1] ?? 0));
  expect(said).toContain(`[web] ${root}\n`);
  expect(statSync(client.socket).mode & 0o777).toBe(0o600);
  expect(await run('pebble', 'services', '--abs-time')).toMatchObject({
    exitCode: 0,
    stdout: expect.stringMatching(/^Service +Startup +Current +Since\nweb +enabled +active +\d{4}-/),
  });
  expect(await run('pebble', 'exec', '--', 'sh', '-c', 'echo $0 $HOME; exit 7')).toEqual({
    exitCode: 7,
    stdout: `sh ${root}\n`,
    stderr: '',
  });
  daemon?.kill('SIGTERM');
  const [exitCode] = await once(daemon as ChildProcess, 'exit');
  expect([exitCode, isRunning(pid), existsSync(client.socket)]).toEqual([0, false, false]);
});

test('its files API writes where it is told to', async () => {
  const client = await start('--hold');
  await client.pushFile(join(root, 'new/file'), 'text', { makeDirs: true, permissions: '640' });
  expect(readFileSync(join(root, 'new/file'), 'utf8')).toBe('text');
});

test('by TCP it answers health and who it is, and nothing else', async () => {
  const check =
    'checks: {up: {override: replace, level: alive, period: 2s, threshold: 1, exec: {command: "test -e ok"}}}';
  writeFileSync(join(root, 'd/layers/001-base.yaml'), check);
  writeFileSync(join(root, 'ok'), '');
  const client = await start('--hold', '--http', '127.0.0.1:0');
  const address = (await client.systemInfo())['http-address'] as string;
  const ask = async (path: string, method = 'GET') => {
    const response = await fetch(`http://${address}${path}`, { method });
    return [response.status, ((await response.json()) as { result: unknown }).result];
  };
  expect(await ask('/v1/health?level=alive')).toEqual([200, { healthy: true }]);
  rmSync(join(root, 'ok'));
  await eventually('the check fails', async () => !(await client.health()));
  expect(await run('pebble', 'health')).toEqual({ exitCode: 1, stdout: 'unhealthy\n', stderr: '' });
  expect(await ask('/v1/health')).toEqual([502, { healthy: false }]);
  expect(await ask('/v1/system-info')).toEqual([200, await client.systemInfo()]);
  const denied = { message: 'access denied', kind: 'login-required' };
  for (const path of [
    'plan',
    'services',
    'logs',
    'files',
    'changes',
    'notices',
    'metrics',
    'tasks/1/websocket/stdio',
  ]) {
    expect([path, await ask(`/v1/${path}`)]).toEqual([path, [401, denied]]);
  }
  for (const path of ['layers', 'services', 'exec', 'files', 'notices', 'signals', 'identities']) {
    expect([path, await ask(`/v1/${path}`, 'POST')]).toEqual([path, [401, denied]]);
  }
  expect(await ask('/v1/layers')).toEqual([405, { message: 'method "GET" not allowed' }]);
  expect(await ask('/v1/nope')).toEqual([404, { message: 'invalid API endpoint requested' }]);
});

test('by TCP it answers metrics to whoever has the password of an identity for metrics', async () => {
  const client = await start('--hold', '--http', '127.0.0.1:0');
  const address = (await client.systemInfo())['http-address'] as string;
  // Of the password "Hello world!".
  const password =
    '$6$saltstring$svn8UoSVapNtMuq1ukKS4tPQd8iKwSMHWjl/O817G3uBnIFNjnQJuesI68u4OTLiBFdcbYEdFCoEOfaS35inz1';
  const identities = {
    prom: { access: 'metrics', basic: { password } },
    boss: { access: 'admin', basic: { password } },
  };
  await client.call('POST', '/v1/identities', { action: 'add', identities });
  await client.addLayer('one', 'checks: {up: {override: replace, period: 1h, exec: {command: "true"}}}');
  await client.replan();
  const ask = async (name: string, word: string, path = 'metrics') => {
    const authorization = `Basic ${Buffer.from(`${name}:${word}`).toString('base64')}`;
    const response = await fetch(`http://${address}/v1/${path}`, { headers: { authorization } });
    return [response.status, await response.text()];
  };
  expect(await ask('prom', 'Hello world!')).toEqual([
    200,
    expect.stringContaining('pebble_check_success_count{check="up"}'),
  ]);
  for (const [name, word, path] of [
    ['prom', 'Hello'],
    ['nobody', 'Hello world!'],
    ['boss', 'Hello world!'],
    ['prom', 'Hello world!', 'plan'],
  ] as const)
    expect((await ask(name, word, path))[0]).toBe(401);
});

test('an exec at a terminal echoes what is typed once', async () => {
  await start();
  const remote = `echo ready; read line; echo "got $line"`;
  const words = [process.execPath, program, 'pebble', 'exec', '--', 'sh', '-c', `'${remote}'`];
  const child = spawn('script', ['--quiet', '--return', '--command', words.join(' '), '/dev/null'], {
    cwd: root,
    env: env(),
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  let shown = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    shown += text;
  });
  await eventually('the command is ready', () => shown.includes('ready'));
  child.stdin.write('hello\r');
  const [exitCode] = await once(child, 'close');
  const lines = shown.split(/[\r\n]+/).filter((line) => line !== '' && !line.includes('Warning'));
  expect([exitCode, lines]).toEqual([0, ['ready', 'hello', 'got hello']]);
});

test('commands tell what is wrong in one line', async () => {
  expect(await run('pebble', 'nope')).toEqual({
    exitCode: 1,
    stdout: '',
    stderr: `ERROR unknown command "nope", see 'pebble help'\n`,
  });
  for (const words of [['services'], ['logs', '-f'], ['exec', 'ls']]) {
    expect(await run('pebble', ...words)).toMatchObject({
      exitCode: 1,
      stdout: '',
      stderr: expect.stringMatching(/^ERROR cannot communicate with server: .*\n$/),
    });
  }
});

test('what makes a start impossible is told in one line', async () => {
  expect(await run('pebble', 'run')).toEqual({
    exitCode: 2,
    stdout: '',
    stderr: 'ERROR cannot run a daemon: no directory (give --dir, or set PEBBLE)\n',
  });
  expect(await run('pebble', 'run', '--dir', 'd', '--http', 'nowhere')).toMatchObject({
    exitCode: 1,
    stderr: 'ERROR cannot listen on "nowhere": this is no address (host:port or :port)\n',
  });
  // The checks of an earlier layer are at work by then; the process ends all the same.
  writeFileSync(join(root, 'd/layers/001-check.yaml'), 'checks: {up: {override: replace, exec: {command: "true"}}}');
  writeFileSync(join(root, 'd/layers/002-bad.yaml'), 'services: {web: {override: replace, order: 1}}');
  expect((await run('pebble', 'run', '--dir', 'd')).stderr).toContain('field order not found in type plan.Service');
  rmSync(join(root, 'd/layers/002-bad.yaml'));
  rmSync(join(root, 'd/layers/001-check.yaml'));
  writeFileSync(join(root, 'd/layers/1-web.yaml'), 'services: {}');
  expect(await run('pebble', 'run', '--dir', 'd')).toMatchObject({
    exitCode: 1,
    stderr: 'ERROR invalid layer filename: "1-web.yaml" (must look like "123-some-label.yaml")\n',
  });
  rmSync(join(root, 'd/layers/1-web.yaml'));
  expect(await run('pebble', 'run', '--dir', 'd', '--socket', 'd/layers/../../d')).toMatchObject({
    exitCode: 1,
    stderr: expect.stringMatching(/^ERROR cannot listen on ".*\/d": it is no socket \(give another --socket\)\n$/),
  });
  await start('--hold');
  expect((await run('pebble', 'run', '--dir', 'e')).stderr).toMatch(
    /^ERROR cannot listen on ".*\/s": another daemon answers there \(stop it, or give another --socket\)\n$/,
  );
  expect(await run('pebble', 'run', '--dir', 'd', '--socket', 't')).toMatchObject({
    exitCode: 1,
    stderr: expect.stringMatching(
      /^ERROR cannot start a supervisor: another one serves ".*\/d" \(stop that one first\)\n$/,
    ),
  });
});
