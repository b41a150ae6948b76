import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Client } from '../../../src/cli/client.ts';
import { pathsFrom } from '../../../src/controller/paths.ts';

const script = join(import.meta.dirname, '../../../src/bin/charmlet.ts');
const dir = mkdtempSync(join(tmpdir(), 'charmlet-demo-'));
// Longer than any socket's path may be.
const data = join(dir, 'd'.repeat(100), 'e'.repeat(100));
const env = { ...process.env, CHARMLET_DATA: data, TZ: 'UTC' };
let stranger: Server | undefined;

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
  readonly seconds: number;
}

function charmlet(...words: string[]): Promise<Ended> {
  const begun = performance.now();
  const child = spawn(process.execPath, [script, ...words], { env, cwd: dir, stdio: ['ignore', 'pipe', 'pipe'] });
  let [out, err] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text;
  });
  return new Promise((resolve) =>
    child.once('close', (code) => resolve({ code, out, err, seconds: (performance.now() - begun) / 1000 })),
  );
}

/** What pebble says of the worker, once it runs. */
async function services(): Promise<string> {
  const deadline = Date.now() + 150_000;
  for (;;) {
    const { out } = await charmlet(
      'ssh',
      '--container',
      'temporal-worker',
      'temporal-worker-k8s/0',
      '/charm/bin/pebble',
      'services',
      '--abs-time',
    );
    if (/^temporal-worker +enabled +active /m.test(out)) return out;
    if (Date.now() > deadline) throw new Error(`the worker does not come up: ${out}`);
  }
}

/** Processes of this data directory, by their command line or environment. */
function processes(): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const [command, environment] = [
          readFileSync(`/proc/${pid}/cmdline`, 'utf8'),
          readFileSync(`/proc/${pid}/environ`, 'utf8'),
        ];
        return command.includes(dir) || environment.includes(dir) ? [command.replaceAll('\0', ' ')] : [];
      } catch {
        return [];
      }
    });
}

beforeAll(async () => {
  mkdirSync(data, { recursive: true });
  // Somebody else is on the usual port, so that the demo must find another one.
  stranger = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve) =>
    stranger?.once('error', () => resolve()).listen(7233, '127.0.0.1', () => resolve()),
  );
});
afterAll(async () => {
  stranger?.close();
  await charmlet('kill-controller', '--no-prompt');
  rmSync(dir, { recursive: true, force: true });
});

test('demo completes a real workflow, from nothing, past a stranger on the usual port', {
  timeout: 900_000,
}, async () => {
  const { code, out, err } = await charmlet('demo');
  expect([code, err.split('\n').filter((line) => line.startsWith('ERROR'))]).toEqual([0, []]);
  expect(out).toContain('\nHello, World!\n');
  expect(out).toMatch(/^\$ \.\/charmlet deploy temporal-k8s --config port=\d+/m);
  expect(out).toMatch(
    /^\$ \.\/charmlet config temporal-worker-k8s host=localhost:\d+ queue=test-queue namespace=test$/m,
  );
  expect(out).toMatch(/^temporal-worker-k8s\/0\* +active +idle /m);
});

test('a second demo uses what is there', async () => {
  const { code, out, seconds } = await charmlet('demo');
  console.log(`second demo: ${seconds.toFixed(1)} s`);
  expect(code).toBe(0);
  expect(out).toContain('# temporal-k8s is deployed already');
  expect(out).toContain('# temporal-worker-k8s is deployed already');
  expect(out).toContain('\nHello, World!\n');
});

test("commands run inside the worker's container with their own exit code, and pebble answers there", async () => {
  const inside = ['ssh', '--container', 'temporal-worker', 'temporal-worker-k8s/0'];
  expect((await charmlet(...inside, '/charm/bin/pebble', 'services')).out).toMatch(
    /^temporal-worker +enabled +active /m,
  );
  expect((await charmlet(...inside, 'exit 7')).code).toBe(7);
  expect((await charmlet(...inside, 'kill -TERM $$')).code).toBe(143);
  expect(await charmlet(...inside, 'nonesuch')).toMatchObject({ code: 127 });
});

test('stop ends every process, and any command brings everything back', async () => {
  expect((await charmlet('stop')).code).toBe(0);
  expect(processes()).toEqual([]);
  expect((await charmlet('wait-for', 'application', 'temporal-worker-k8s', '--timeout', '150s')).code).toBe(0);
  expect(await services()).toContain(' active ');
});

test('a controller that is killed is started again by the next command, while the worker runs on', async () => {
  const before = await services();
  const { pid } = await new Client(pathsFrom(env)).call('ping', {});
  process.kill(pid, 'SIGKILL');
  expect((await charmlet('status')).code).toBe(0);
  expect(await services()).toBe(before);
});

test('stop also ends what has outlived its controller', async () => {
  const { pid } = await new Client(pathsFrom(env)).call('ping', {});
  process.kill(pid, 'SIGKILL');
  expect((await charmlet('stop')).code).toBe(0);
  expect(processes()).toEqual([]);
  expect(await charmlet('stop')).toMatchObject({ code: 0, err: 'charmlet is not running\n' });
});

test('two commands that find no controller start one', async () => {
  await charmlet('stop');
  const all = await Promise.all([1, 2, 3, 4].map(() => charmlet('status', '--format', 'oneline')));
  expect(all.map(({ code, err }) => [code, err])).toEqual([1, 2, 3, 4].map(() => [0, '']));
});

test('kill-controller leaves no process and no data', async () => {
  expect((await charmlet('kill-controller', '--no-prompt')).code).toBe(0);
  expect([processes(), existsSync(data)]).toEqual([[], false]);
});
