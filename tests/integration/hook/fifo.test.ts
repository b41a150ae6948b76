import { execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { FifoCall } from '../../../src/fifo/call.ts';
import { writeFifoClient } from '../../../src/fifo/client.ts';
import { type FifoServer, serveFifo } from '../../../src/fifo/server.ts';

const unreachable = 'ERROR cannot reach the server: nobody answers (it is stopped)\n';

let home: string;
let server: FifoServer | undefined;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "fifo it's-"));
});

afterEach(async () => {
  await server?.close();
  server = undefined;
  await rm(home, { recursive: true });
});

interface Ended {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

async function run(file: string, args: readonly string[], input = '', env = {}): Promise<Ended> {
  const child = spawn(file, args, { env: { PATH: process.env.PATH, ...env } });
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  const [stdout, stderr, [exitCode]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  return { exitCode, stdout, stderr };
}

async function serve(handle: (call: FifoCall) => Promise<Ended> | Ended): Promise<string> {
  const dir = join(home, 'calls');
  server = await serveFifo({
    dir,
    handle: async (call) => {
      const answer = await handle(call);
      return { ...answer, exitCode: answer.exitCode ?? 0 };
    },
  });
  const file = join(home, 'client');
  await writeFifoClient({ file, dir, contextVariable: 'THE_CONTEXT' });
  return file;
}

const echo = (call: FifoCall): Ended => ({ exitCode: 0, stdout: JSON.stringify(call), stderr: '' });

/** Every shell there is: the client is to work under each. */
const shells = [['dash'], ['bash', '--posix'], ['bash'], ['busybox', 'sh']].filter(([shell]) => {
  try {
    return execFileSync('sh', ['-c', `command -v ${shell}`]).length > 0;
  } catch {
    return false;
  }
});

for (const shell of shells) {
  test(`hands over arguments, directory, context and name as they are, under ${shell.join(' ')}`, async () => {
    const file = await serve(echo);
    const argv = ['', ' ', 'a b', '\'"\\n$(x)`', 'line\nbreak\n', 'é€😀', '-n', '--file', 'x', '%s', '*', '-'];
    const { stdout } = await run(shell[0]!, [...shell.slice(1), file, ...argv], 'not read', {
      THE_CONTEXT: 'w/0-x-1',
    });
    expect(JSON.parse(stdout)).toEqual({
      program: 'client',
      argv,
      cwd: process.cwd(),
      stdin: null,
      context: 'w/0-x-1',
    });
  });

  test(`repeats output, error text and exit code, under ${shell.join(' ')}`, async () => {
    const answer = { exitCode: 7, stdout: ' \\0041 %s\n\n\t-n', stderr: 'ERROR a\\b  c\n' };
    const file = await serve(() => answer);
    expect(await run(shell[0]!, [...shell.slice(1), file])).toEqual(answer);
  });
}

test('an answer of 5 MB comes whole, with and without an error', async () => {
  const long = 'é\0\n'.repeat(1_300_000);
  const file = await serve((call) => ({ exitCode: Number(call.argv[0]), stdout: long, stderr: 'late' }));
  for (const exitCode of [0, 3]) {
    const answer = await run(file, [String(exitCode)]);
    expect(answer.stdout === long).toBe(true);
    expect([answer.exitCode, answer.stderr]).toEqual([exitCode, 'late']);
  }
});

for (const args of [
  ['--file', '-'],
  ['-r', '7', '--file=-', 'k=v'],
]) {
  test(`reads 1 MB of standard input for ${args.join(' ')}`, async () => {
    const file = await serve((call) => ({ exitCode: 0, stdout: String(call.stdin?.length), stderr: '' }));
    expect((await run(file, args, 'x'.repeat(1_000_000))).stdout).toBe('1000000');
  });
}

test('answers more parallel calls than pipes lie ready, each its own', async () => {
  const file = await serve(async (call) => {
    await new Promise((resolve) => setImmediate(resolve));
    return echo(call);
  });
  const answers = await Promise.all(Array.from({ length: 120 }, (_, i) => run(file, [String(i)])));
  expect(answers.map((answer) => JSON.parse(answer.stdout).argv[0])).toEqual(answers.map((_, i) => String(i)));
});

test('clients that die while they hold a pipe do not use them up', async () => {
  const file = await serve(echo);
  const dir = join(home, 'calls');
  // What a client leaves that was killed between its claim and its call.
  const claimed = readdirSync(dir).filter((name) => name.startsWith('r.'));
  await Promise.all(claimed.map((name) => writeFile(join(dir, name.replace('r.', 'q.')), '')));
  const answers = await Promise.all(Array.from({ length: 8 }, (_, i) => run(file, [String(i)])));
  expect(answers.map((answer) => answer.exitCode)).toEqual(answers.map(() => 0));
});

test('tells the name by which it was called', async () => {
  const file = await serve(echo);
  await symlink(file, join(home, 'config-get'));
  expect(JSON.parse((await run(join(home, 'config-get'), [])).stdout).program).toBe('config-get');
});

test('fails at once when the server has gone, and when it never was', async () => {
  const file = await serve(echo);
  await server?.close();
  server = undefined;
  expect(await run(file, [])).toEqual({ exitCode: 1, stdout: '', stderr: unreachable });
  await rm(join(home, 'calls'), { recursive: true });
  expect(await run(file, [])).toEqual({ exitCode: 1, stdout: '', stderr: unreachable });
});

test('fails at once when the server is killed while it works on the call', async () => {
  const dir = join(home, 'calls');
  const module = new URL('../../../src/fifo/server.ts', import.meta.url).href;
  const program = `const { serveFifo } = await import(${JSON.stringify(module)});
    await serveFifo({ dir: ${JSON.stringify(dir)}, handle: () => { console.log('called'); return new Promise(() => {}); } });
    console.log('ready');`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines = child.stdout.setEncoding('utf8')[Symbol.asyncIterator]();
  expect((await lines.next()).value).toBe('ready\n');
  const file = join(home, 'client');
  await writeFifoClient({ file, dir });
  const call = run(file, []);
  expect((await lines.next()).value).toBe('called\n');
  child.kill('SIGKILL');
  expect(await call).toEqual({ exitCode: 1, stdout: '', stderr: unreachable });
  expect(await run(file, [])).toEqual({ exitCode: 1, stdout: '', stderr: unreachable });
  // The next server clears away what the dead one left.
  await serve(echo);
  expect(JSON.parse((await run(file, ['again'])).stdout).argv).toEqual(['again']);
});

test('a client that dies in the middle of an answer leaves the server unharmed', async () => {
  const file = await serve((call) => ({
    exitCode: 0,
    stdout: 'x'.repeat(call.argv[0] === 'long' ? 3_000_000 : 3),
    stderr: '',
  }));
  await new Promise((resolve) =>
    execFile('sh', ['-c', `'${file.replaceAll("'", "'\\''")}' long | head -c 1`], resolve),
  );
  expect((await run(file, [])).stdout).toBe('xxx');
});

test('an answer that fails inside the server is an error of the call', async () => {
  const file = await serve(() => Promise.reject(new Error('no such table')));
  expect(await run(file, [])).toEqual({ exitCode: 1, stdout: '', stderr: 'ERROR internal error: no such table\n' });
});

test('nobody else may look into the directory, and nothing is left in it', async () => {
  const file = await serve(echo);
  await Promise.all(Array.from({ length: 40 }, () => run(file, ['--file', '-'])));
  const dir = join(home, 'calls');
  expect(statSync(dir).mode & 0o777).toBe(0o700);
  expect(readdirSync(dir).filter((name) => name.startsWith('q.'))).toEqual([]);
  await server?.close();
  server = undefined;
  expect(readdirSync(dir)).toEqual([]);
});

test('leaves to another program what it cannot answer', async () => {
  const dir = join(home, 'calls');
  const file = join(home, 'client');
  const fallback = {
    command: ['/bin/echo', 'other "one"'],
    when: [['exec'], ['logs', '-f', '--follow']] as [string, ...string[]][],
  };
  await writeFifoClient({ file, dir, fallback, unreachable: 'nobody there' });
  expect(existsSync(dir)).toBe(false);
  expect((await run(file, ['exec', 'a b'])).stdout).toBe('other "one" exec a b\n');
  expect((await run(file, ['logs', 'x', '-f'])).stdout).toBe('other "one" logs x -f\n');
  expect(await run(file, ['logs', 'x'])).toEqual({ exitCode: 1, stdout: '', stderr: 'nobody there\n' });
});
