import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, readdirSync, readFileSync, symlinkSync, watch, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Checkout, goodNpm } from './checkout.ts';

let checkout: Checkout;
beforeEach(() => {
  checkout = new Checkout();
});
afterEach(() => checkout.remove());

const announced = 'charmlet: installing: about 250 MB from the npm registry, 750 MB on disk; 1 to 3 minutes, once\n';
const pinned = (words: string) =>
  `pinned node: ${checkout.path('src/bin/charmlet.ts')} ${words}\ncache: ${checkout.dir}/.cache/charmlet/compile, options: \n`;

test('installs on first use, says so before it begins, and runs the Node that npm brought', async () => {
  expect(await checkout.run(['status', 'a b'])).toEqual({
    code: 0,
    out: pinned('status a b'),
    err: `${announced}charmlet: installed\n`,
  });
  expect(readFileSync(checkout.path('node_modules/.charmlet-stamp'), 'utf8')).toMatch(/^[0-9a-f]{64}\n$/);
  expect(readdirSync(checkout.root).filter((name) => name.startsWith('.install'))).toEqual([]);
});

test('installs once, and again only when the lock file has changed', async () => {
  await checkout.run(['status']);
  expect(await checkout.run(['status'])).toEqual({ code: 0, out: pinned('status'), err: '' });
  expect(checkout.npmCalls).toBe(1);
  writeFileSync(checkout.path('package-lock.json'), '{ "changed": true }');
  expect((await checkout.run(['status'])).err).toContain(announced);
  expect(checkout.npmCalls).toBe(2);
});

test("takes what the user's own npm installed, because it writes the same stamp", async () => {
  const npm = spawn(`${checkout.bin}/npm`, ['ci'], {
    cwd: checkout.root,
    env: { PATH: checkout.bin, NPM_CALLS: '/dev/null' },
  });
  await once(npm, 'close');
  expect((await checkout.run(['status'])).err).toBe('');
  expect(checkout.npmCalls).toBe(0);
});

for (const shell of ['dash', 'bash', 'busybox']) {
  const program = spawnSync('sh', ['-c', `command -v ${shell}`], { encoding: 'utf8' }).stdout.trim();
  test.skipIf(program === '')(`works under ${shell}, from another directory, through symbolic links`, async () => {
    symlinkSync(checkout.path('charmlet'), `${checkout.dir}/absolute`);
    symlinkSync('absolute', `${checkout.dir}/relative`);
    const words = shell === 'busybox' ? [program, 'sh'] : [program];
    for (const launcher of [
      checkout.path('charmlet'),
      `${checkout.dir}/absolute`,
      `${checkout.dir}/relative`,
      'relative',
      'check out/charmlet',
    ]) {
      const { code, out } = await checkout.run(['x'], { shell: words, launcher, cwd: checkout.dir });
      expect([code, out]).toEqual([0, expect.stringMatching(/^pinned node: .*src\/bin\/charmlet\.ts x\n/)]);
    }
    expect(checkout.npmCalls).toBe(1);
  });
}

test.each([
  {
    name: 'there is no Node',
    set: () => checkout.program('node'),
    error:
      'cannot install: there is no "node" on PATH (install Node 20 or newer with npm; it is needed for installing only)',
  },
  {
    name: 'Node is 18',
    set: () => checkout.program('node', '#!/bin/sh\necho v18.20.4\n'),
    error:
      'cannot install: your Node is v18.20.4 (Node 20 or newer is needed for installing; charmlet then brings its own)',
  },
  {
    name: 'there is no npm',
    set: () => checkout.program('npm'),
    error: 'cannot install: there is no "npm" on PATH (install npm; it comes with most packages of Node)',
  },
  {
    name: 'it is no Linux',
    set: () => checkout.program('uname', '#!/bin/sh\necho Darwin\n'),
    error: 'cannot install: this is Darwin (charmlet runs on Linux, x64 or arm64)',
  },
])('refuses with one line when $name', async ({ set, error }) => {
  set();
  expect(await checkout.run(['demo'])).toEqual({ code: 1, out: '', err: `ERROR ${error}\n` });
});

test("does not care about the user's Node once it is installed", async () => {
  await checkout.run(['status']);
  checkout.program('node', '#!/bin/sh\necho v18.20.4\n');
  expect(await checkout.run(['status'])).toEqual({ code: 0, out: pinned('status'), err: '' });
  checkout.program('node');
  checkout.program('npm');
  expect((await checkout.run(['status'])).code).toBe(0);
});

test.each([
  {
    code: 'ENOTFOUND',
    error:
      'cannot install: the npm registry cannot be reached, ENOTFOUND (is there a network? behind a proxy set HTTPS_PROXY)',
  },
  { code: 'ENOSPC', error: 'cannot install: no space left on the disk of CHECKOUT (750 MB are needed)' },
  {
    code: 'EINTEGRITY',
    error: 'cannot install: npm ci ended with code 7, EINTEGRITY (its output is in CHECKOUT/.install-failed.log)',
  },
])('says what failed in one line when npm ends with $code, and leaves nothing half', async ({ code, error }) => {
  checkout.program(
    'npm',
    `#!/bin/sh\nmkdir node_modules\necho 'npm error code ${code}' >&2\necho 'npm error more' >&2\nexit 7\n`,
  );
  expect(await checkout.run(['status'])).toEqual({
    code: 1,
    out: '',
    err: `${announced}ERROR ${error.replace('CHECKOUT', checkout.root)}\n`,
  });
  expect(checkout.has('node_modules')).toBe(false);
  expect(
    readdirSync(checkout.root).filter((name) => name.startsWith('.install') && name !== '.install-failed.log'),
  ).toEqual([]);
});

test('keeps a working installation when a new one fails', async () => {
  await checkout.run(['status']);
  writeFileSync(checkout.path('package-lock.json'), '{ "changed": true }');
  checkout.program('npm', "#!/bin/sh\necho 'npm error code ENOTFOUND' >&2\nexit 1\n");
  expect((await checkout.run(['status'])).code).toBe(1);
  expect(checkout.has('node_modules/.bin/node')).toBe(true);
});

/** An npm that installs only after a file has appeared. */
function gate(): { open: () => void } {
  const npm = readFileSync(`${checkout.bin}/npm`, 'utf8');
  checkout.program(
    'npm',
    npm.replace(
      'mkdir',
      `while [ ! -e "${checkout.dir}/gate" ]; do [ -d "${checkout.dir}" ] || exit 1; sleep 0.05; done\nmkdir`,
    ),
  );
  return { open: () => writeFileSync(`${checkout.dir}/gate`, '') };
}

async function until(condition: () => boolean): Promise<void> {
  const watcher = watch(checkout.dir, { recursive: true });
  const signal = AbortSignal.timeout(90_000);
  const pulse = setInterval(() => watcher.emit('change'), 50);
  try {
    while (!condition()) await once(watcher, 'change', { signal });
  } finally {
    clearInterval(pulse);
    watcher.close();
  }
}

test('lets a second launcher wait for the first, and says so', async () => {
  const { open } = gate();
  const first = checkout.start(['one']);
  await until(() => checkout.npmCalls === 1);
  const second = checkout.start(['two']);
  await until(() => second.texts.err !== '');
  open();
  expect(await first.ended).toMatchObject({ code: 0, out: pinned('one') });
  const { code, out, err } = await second.ended;
  expect([code, out]).toEqual([0, pinned('two')]);
  expect(err).toBe(`charmlet: another installation is running (pid ${first.child.pid}); waiting for it\n`);
  expect(checkout.npmCalls).toBe(1);
  expect(readdirSync(checkout.root).filter((name) => name.startsWith('.install'))).toEqual([]);
});

test('is not kept waiting by a launcher that was killed, and clears away what it left', async () => {
  gate();
  const killed = checkout.start(['one']);
  await until(() => checkout.npmCalls === 1);
  killed.child.kill('SIGKILL');
  process.kill(checkout.npmPids[0] as number, 'SIGKILL');
  await killed.ended;
  checkout.program('npm', goodNpm);
  expect(await checkout.run(['status'])).toMatchObject({ code: 0, out: pinned('status') });
  expect(readdirSync(checkout.root).filter((name) => name.startsWith('.install'))).toEqual([]);
});

test('installs once when five launchers wait for one that is killed', async () => {
  gate();
  const killed = checkout.start(['one']);
  await until(() => checkout.npmCalls === 1);
  const waiting = [1, 2, 3, 4, 5].map((n) => checkout.start([String(n)]));
  await until(() => waiting.every(({ texts }) => texts.err !== ''));
  checkout.program('npm', goodNpm);
  killed.child.kill('SIGKILL');
  process.kill(checkout.npmPids[0] as number, 'SIGKILL');
  expect((await Promise.all(waiting.map(({ ended }) => ended))).map(({ code }) => code)).toEqual([0, 0, 0, 0, 0]);
  expect(checkout.npmCalls).toBe(2);
  expect(readdirSync(checkout.root).filter((name) => name.startsWith('.install'))).toEqual([]);
});

test('leaves nothing behind when it is interrupted', async () => {
  gate();
  const { child, ended } = checkout.start(['status']);
  await until(() => checkout.npmCalls === 1);
  child.kill('SIGINT');
  expect((await ended).code).toBe(130);
  expect(readdirSync(checkout.root).filter((name) => name.startsWith('.install') || name === 'node_modules')).toEqual(
    [],
  );
});

test('runs from a checkout that cannot be written, once it is installed', async () => {
  await checkout.run(['status']);
  chmodSync(checkout.root, 0o555);
  expect(await checkout.run(['status'])).toEqual({ code: 0, out: pinned('status'), err: '' });
});

// Root may write everywhere.
test.skipIf(process.getuid?.() === 0)(
  'says that a checkout cannot be written when it would have to install there',
  async () => {
    chmodSync(checkout.root, 0o555);
    expect(await checkout.run(['status'])).toEqual({
      code: 1,
      out: '',
      err: `ERROR cannot install: ${checkout.root} is not writable (run ./charmlet there once as its owner)\n`,
    });
  },
);
