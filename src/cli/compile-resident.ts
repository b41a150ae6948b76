import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { residentNodeOptions } from '../resident/node-options.ts';

const source = join(import.meta.dirname, '..');
const patienceMs = 30_000;

/**
 * Fills the compile cache for controllers and supervisors by a process of its own, when the sources have changed since
 * it was filled last: about a second, once. A failure is not told: whatever it is, the controller's start will meet it.
 */
export async function compileResident(compileCache: string, env: NodeJS.ProcessEnv): Promise<void> {
  const stamp = join(compileCache, 'resident');
  const wanted = `${process.version} ${residentNodeOptions.join(' ')} ${newestSource()}\n`;
  if (textOf(stamp) === wanted) return;
  try {
    const compiling = spawn(process.execPath, [...residentNodeOptions, join(source, 'bin/compile-resident.ts')], {
      env: { ...env, NODE_COMPILE_CACHE: compileCache },
      stdio: 'ignore',
      timeout: patienceMs,
    });
    const [code] = await once(compiling, 'exit');
    if (code === 0) writeFileSync(stamp, wanted);
  } catch {
    // No process, or no disk.
  }
}

/** When a source file was changed last, in ms since 1970. */
function newestSource(): number {
  return readdirSync(source, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .reduce((newest, file) => Math.max(newest, statSync(join(source, file)).mtimeMs), 0);
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
