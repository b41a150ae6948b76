import { execFile } from 'node:child_process';
import { chmodSync, cpSync, writeFileSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { pathsFrom } from '../../../src/controller/paths.ts';

const run = promisify(execFile);
const library = 'ops==3.9.0';

/** A Python and where ops is installed for it. */
export interface OpsLibrary {
  readonly python: string;
  readonly path: string;
}

/** Installs ops once and keeps it in the cache; null, said aloud, where Python, pip or the package index is missing. */
export async function opsLibrary(): Promise<OpsLibrary | null> {
  try {
    const asked = 'import sys; print(sys.executable, "%d.%d" % sys.version_info[:2])';
    const [python = '', version = ''] = (await run('python3', ['-c', asked])).stdout.trim().split(' ');
    const path = join(pathsFrom(process.env).cache, 'test', `python-${version}-${library.replace('==', '-')}`);
    const importable = await run(python, ['-c', 'import ops'], { env: { ...process.env, PYTHONPATH: path } }).then(
      () => true,
      () => false,
    );
    if (importable) return { python, path };
    await mkdir(dirname(path), { recursive: true });
    const fresh = await mkdtemp(`${path}.`);
    const flags = ['--quiet', '--no-cache-dir', '--disable-pip-version-check'];
    await run(python, ['-m', 'pip', 'install', ...flags, '--target', fresh, library]);
    await rm(path, { recursive: true, force: true });
    await rename(fresh, path);
    return { python, path };
  } catch (error) {
    const why = (error as Error).message.trim().split('\n').at(-1);
    console.warn(`skipped: charms written with ops cannot be hosted here: ${why}`);
    return null;
  }
}

/** Lays out the fixture charm in `into`, with a `dispatch` like the one that a packed charm brings. */
export function layOutCharm(into: string, { python, path }: OpsLibrary): string {
  cpSync(join(import.meta.dirname, '../../fixtures/foreign-charm'), into, { recursive: true });
  const dispatch = [
    '#!/bin/sh',
    'dispatch_path="$(dirname "$(realpath "$0")")"',
    `PYTHONDONTWRITEBYTECODE=1 PYTHONPATH="\${dispatch_path}/lib:${path}" exec ${python} "\${dispatch_path}/src/charm.py"`,
  ];
  writeFileSync(join(into, 'dispatch'), `${dispatch.join('\n')}\n`);
  chmodSync(join(into, 'dispatch'), 0o755);
  return into;
}
