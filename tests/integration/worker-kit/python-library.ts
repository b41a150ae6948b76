import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { pathsFrom } from '../../../src/controller/paths.ts';

const run = promisify(execFile);
const library = 'temporal-lib-py==1.10.0';

/**
 * Where Canonical's Python library and what it needs are installed: a value for PYTHONPATH. Installed once and kept in
 * the cache; `missing` says why it cannot be had where Python, pip or the package index is missing.
 */
export async function pythonLibrary(): Promise<{ readonly path?: string; readonly missing?: string }> {
  try {
    const { stdout } = await run('python3', ['-c', 'import sys; print("%d.%d" % sys.version_info[:2])']);
    const path = join(pathsFrom(process.env).cache, 'test', `python-${stdout.trim()}-${library.replace('==', '-')}`);
    const env = { ...process.env, PYTHONPATH: path };
    const importable = await run('python3', ['-c', 'import temporallib.auth'], { env }).then(
      () => true,
      () => false,
    );
    if (importable) return { path };
    await mkdir(dirname(path), { recursive: true });
    const fresh = await mkdtemp(`${path}.`);
    const flags = ['--quiet', '--no-cache-dir', '--no-compile', '--disable-pip-version-check'];
    console.error(`# installing ${library} for Python ${stdout.trim()} (about 90 MB)`);
    await run('python3', ['-m', 'pip', 'install', ...flags, '--target', fresh, library]);
    await rm(path, { recursive: true, force: true });
    await rename(fresh, path);
    return { path };
  } catch (error) {
    return { missing: `cannot install ${library} with pip: ${(error as Error).message.trim().split('\n').at(-1)}` };
  }
}
