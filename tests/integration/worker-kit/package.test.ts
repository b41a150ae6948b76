import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkout, command } from '../system/system.ts';
import { startTemporal, type TemporalServer } from '../temporal-server.ts';

let root: string;
/** A project of somebody else, with the package as npm would install it from its tarball. */
let project: string;
let temporal: TemporalServer;

async function npm(cwd: string, ...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await command('npm', [...args, '--cache', join(root, 'npm')], { cwd });
  if (code !== 0) throw new Error(`npm ${args.join(' ')}: ${stderr}`);
  return stdout;
}

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'kit-package-'));
  project = join(root, 'project');
  const dist = join(root, 'dist');
  const built = await command(process.execPath, [join(checkout, 'worker-kit/build.mjs'), dist]);
  if (built.code !== 0) throw new Error(built.stdout + built.stderr);
  await cp(join(checkout, 'tests/fixtures/kit-project'), project, { recursive: true });
  const modules = join(project, 'node_modules');
  await mkdir(modules);
  // What the package needs is lent by this repository, so that no registry is asked.
  const lent = (await readdir(join(checkout, 'node_modules'))).filter((name) => name !== 'temporal-worker-kit');
  await Promise.all(lent.map((name) => symlink(join(checkout, 'node_modules', name), join(modules, name))));
  await npm(dist, 'pack', '--silent', '--pack-destination', root);
  const tarball = (await readdir(root)).find((name) => name.endsWith('.tgz')) ?? '';
  await command('tar', ['-xzf', join(root, tarball), '-C', root]);
  await cp(join(root, 'package'), join(modules, 'temporal-worker-kit'), { recursive: true });
  temporal = await startTemporal();
});
afterAll(async () => {
  await temporal?.close();
  await rm(root, { recursive: true, force: true });
});

test('the tarball holds JavaScript and types for each entry, README and licence, and nothing else', async () => {
  const installed = join(project, 'node_modules/temporal-worker-kit');
  const files = await readdir(installed, { recursive: true });
  const { exports } = JSON.parse(await readFile(join(installed, 'package.json'), 'utf8'));
  for (const entry of Object.values<Record<string, string>>(exports)) {
    for (const file of Object.values(entry)) expect(files).toContain(file.slice(2));
  }
  expect(files).toEqual(expect.arrayContaining(['README.md', 'LICENSE']));
  const odd = files.filter((file) => !/\.(js|d\.ts)$|^(package\.json|README\.md|LICENSE)$|^\w+$/.test(file));
  expect(odd).toEqual([]);
});

test('a project that has it type-checks against it', async () => {
  const typescript = dirname(createRequire(import.meta.url).resolve('typescript/package.json'));
  const { stdout } = await command(process.execPath, [join(typescript, 'bin/tsc'), '-p', project]);
  // The SDK's own types lack those of a package that it uses, which is no affair of ours.
  const errors = stdout.split('\n').filter((line) => line.includes('error TS') && !line.includes('/@temporalio/'));
  expect(errors).toEqual([]);
});

test('a worker and a client of that project run, encrypted and with Sentry on', async () => {
  const env = {
    PATH: process.env.PATH,
    TEMPORAL_ADDRESS: temporal.address,
    TWC_NAMESPACE: 'default',
    TWC_QUEUE: 'package',
    TWC_ENCRYPTION_KEY: Buffer.alloc(32, 7).toString('base64'),
    TWC_SENTRY_DSN: 'http://key@127.0.0.1:9/1',
  };
  const worker = spawn(process.execPath, [join(project, 'worker.ts')], { env, stdio: 'ignore' });
  const exited = once(worker, 'exit');
  try {
    const ran = await command(process.execPath, [join(project, 'client.ts')], { env });
    expect(ran).toMatchObject({ code: 0, stdout: 'Hello, Ada!\n' });
  } finally {
    worker.kill('SIGTERM');
    expect(await exited).toEqual([0, null]);
  }
});
