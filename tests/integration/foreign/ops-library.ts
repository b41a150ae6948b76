import { execFile } from 'node:child_process';
import { chmodSync, cpSync, existsSync, writeFileSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { pathsFrom } from '../../../src/controller/paths.ts';

const run = promisify(execFile);
const ops = 'ops==3.9.0';

/** Libraries of charms, of which one installation serves all tests. */
export const charmLibraries = { 'dpcharmlibs-interfaces': '1.2.2', 'charmlibs-pathops': '1.3.0.post0', cosl: '1.11.3' };

/** A Python and where ops, and what else was asked for, is installed for it. */
export interface OpsLibrary {
  readonly python: string;
  readonly path: string;
}

/**
 * Installs ops, and charm libraries beside it (package -> version), once, and keeps them in the cache; null, said aloud,
 * where Python, pip or the package index is missing.
 */
export async function opsLibrary(libraries: Readonly<Record<string, string>> = {}): Promise<OpsLibrary | null> {
  const wanted = [ops, ...Object.entries(libraries).map(([name, at]) => `${name}==${at}`)];
  try {
    const asked = 'import sys; print(sys.executable, "%d.%d" % sys.version_info[:2])';
    const [python = '', version = ''] = (await run('python3', ['-c', asked])).stdout.trim().split(' ');
    const path = join(
      pathsFrom(process.env).cache,
      'test',
      `python-${version}-${wanted.join('-').replaceAll('==', '-')}`,
    );
    if (existsSync(path)) return { python, path };
    await mkdir(dirname(path), { recursive: true });
    const fresh = await mkdtemp(`${path}.`);
    const flags = ['--quiet', '--no-cache-dir', '--disable-pip-version-check'];
    await run(python, ['-m', 'pip', 'install', ...flags, '--target', fresh, ...wanted]);
    await rename(fresh, path).catch(() => rm(fresh, { recursive: true }));
    return { python, path };
  } catch (error) {
    const why = (error as Error).message.trim().split('\n').at(-1);
    console.warn(`skipped: charms written with ops cannot be hosted here: ${why}`);
    return null;
  }
}

/** Lays out a charm of tests/fixtures in `into`, with a `dispatch` like the one that a packed charm brings. */
export function layOutCharm(into: string, { python, path }: OpsLibrary, fixture = 'foreign-charm'): string {
  cpSync(join(import.meta.dirname, '../../fixtures', fixture), into, { recursive: true });
  const dispatch = [
    '#!/bin/sh',
    'dispatch_path="$(dirname "$(realpath "$0")")"',
    `PYTHONDONTWRITEBYTECODE=1 PYTHONPATH="\${dispatch_path}/lib:${path}" exec ${python} "\${dispatch_path}/src/charm.py"`,
  ];
  writeFileSync(join(into, 'dispatch'), `${dispatch.join('\n')}\n`);
  chmodSync(join(into, 'dispatch'), 0o755);
  return into;
}
