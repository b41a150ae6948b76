import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { pathsFrom } from '../../src/controller/paths.ts';

const run = promisify(execFile);
const sdk = 'temporalio==1.35.0';
const fixture = join(import.meta.dirname, '../fixtures/python-worker');

/**
 * Lays out a Python worker in `into`, with the SDK in `lib/`, as an image would carry it. Its start script names
 * `/app/worker.py`, or with `relative` a path beside itself. Resolves with why it cannot be had where Python, pip or
 * the package index is missing. The SDK is installed once and kept in the cache.
 */
export async function layOutPythonWorker(
  into: string,
  options: { relative?: boolean } = {},
): Promise<{ readonly missing?: string }> {
  const { lib, missing } = await installedSdk();
  if (!lib) return { missing: missing ?? 'no SDK' };
  const script = options.relative ? 'start-worker-relative.sh' : 'start-worker.sh';
  await mkdir(join(into, 'scripts'), { recursive: true });
  await Promise.all([
    cp(join(fixture, 'worker.py'), join(into, 'worker.py')),
    cp(join(fixture, 'scripts', script), join(into, 'scripts/start-worker.sh')),
    cp(lib, join(into, 'lib'), { recursive: true }),
  ]);
  return {};
}

async function installedSdk(): Promise<{ lib?: string; missing?: string }> {
  try {
    const { stdout } = await run('python3', [
      '-c',
      'import sys; print(f"{sys.version_info[0]}.{sys.version_info[1]}")',
    ]);
    const lib = join(pathsFrom(process.env).cache, 'test', `python-${stdout.trim()}-${sdk.replace('==', '-')}`);
    const importable = await run('python3', ['-c', 'import temporalio'], {
      env: { ...process.env, PYTHONPATH: lib },
    }).then(
      () => true,
      () => false,
    );
    if (importable) return { lib };
    await mkdir(dirname(lib), { recursive: true });
    const fresh = await mkdtemp(`${lib}.`);
    const flags = ['--quiet', '--no-cache-dir', '--no-compile', '--disable-pip-version-check'];
    console.error(`# installing ${sdk} for Python ${stdout.trim()} (56 MB)`);
    await run('python3', ['-m', 'pip', 'install', ...flags, '--target', fresh, sdk]);
    await rm(lib, { recursive: true, force: true });
    await rename(fresh, lib);
    return { lib };
  } catch (error) {
    return { missing: `cannot install ${sdk} with pip: ${(error as Error).message.trim().split('\n').at(-1)}` };
  }
}
