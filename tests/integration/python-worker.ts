import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { pathsFrom } from '../../src/controller/paths.ts';

const run = promisify(execFile);
const sdk = 'temporalio==1.35.0';
const fixture = join(import.meta.dirname, '../fixtures/python-worker');
const sample = join(import.meta.dirname, '../../sample-python');

/**
 * Lays out a Python worker in `into`, with the SDK in `lib/`, as an image would carry it. Its start script names
 * `/app/worker.py`, or with `relative` a path beside itself. Resolves with why it cannot be had where Python, pip or
 * the package index is missing. The SDK is installed once and kept in the cache.
 */
export async function layOutPythonWorker(
  into: string,
  options: { relative?: boolean } = {},
): Promise<{ readonly missing?: string }> {
  const { lib, missing } = await installed([sdk]);
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

/** Lays out the Python sample in `into`, with its packages in `lib/`, as an image would carry it. */
export async function layOutPythonSample(into: string): Promise<{ readonly missing?: string }> {
  const packages = (await readFile(join(sample, 'requirements.txt'), 'utf8')).trim().split('\n');
  const { lib, missing } = await installed(packages);
  if (!lib) return { missing: missing ?? 'no packages' };
  await cp(sample, into, { recursive: true, filter: (path) => !/sample-python\/(lib|__pycache__)$/.test(path) });
  await cp(lib, join(into, 'lib'), { recursive: true });
  return {};
}

/** Packages of Python in a directory of the cache that is named after them. */
async function installed(packages: readonly string[]): Promise<{ lib?: string; missing?: string }> {
  try {
    const { stdout } = await run('python3', [
      '-c',
      'import sys; print(f"{sys.version_info[0]}.{sys.version_info[1]}")',
    ]);
    const name = packages.map((each) => each.replace('==', '-').replaceAll(/[^\w.-]/g, '_')).join('+');
    const lib = join(pathsFrom(process.env).cache, 'test', `python-${stdout.trim()}-${name}`);
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
    console.error(`# installing ${packages.join(', ')} for Python ${stdout.trim()} (about 60 MB)`);
    await run('python3', ['-m', 'pip', 'install', ...flags, '--target', fresh, ...packages]);
    await rm(lib, { recursive: true, force: true });
    await rename(fresh, lib);
    return { lib };
  } catch (error) {
    return {
      missing: `cannot install ${packages.join(', ')} with pip: ${(error as Error).message.trim().split('\n').at(-1)}`,
    };
  }
}
