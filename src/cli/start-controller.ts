import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Paths } from '../controller/paths.ts';
import { Client, NoController } from './client.ts';
import { Failure } from './failure.ts';

/** How long a controller may take until it answers. An old machine that migrates a large model needs seconds. */
const patienceMs = 30_000;

/**
 * Starts the controller of these directories in the background and resolves when it answers. Rejects with the error
 * line that it printed when it ended instead. When two of us do this at once, one controller stays and both resolve.
 */
export async function startController(paths: Paths, env: NodeJS.ProcessEnv): Promise<void> {
  const script = join(import.meta.dirname, '../bin/controller.ts');
  const errorFile = join(paths.cache, `controller-start-${process.pid}.log`);
  const errors = openErrors(paths, errorFile);
  try {
    const child = spawn(process.execPath, [script], {
      detached: true,
      stdio: ['ignore', errors, errors],
      cwd: '/',
      env: {
        ...ownEnvironment(env),
        NODE_COMPILE_CACHE: join(paths.cache, 'compile'),
        CHARMLET_DATA: paths.data,
        CHARMLET_CACHE: paths.cache,
      },
    });
    const ended = new Promise<void>((resolve) => {
      child.once('exit', () => resolve());
      child.once('error', () => resolve());
    });
    child.unref();
    await answering(paths, ended, errorFile);
  } finally {
    closeSync(errors);
    rmSync(errorFile, { force: true });
  }
}

/** Options that are meant for the user's own Node must not reach ours. */
function ownEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: _options, NODE_EXTRA_CA_CERTS: _certificates, ...own } = env;
  return own;
}

function openErrors(paths: Paths, file: string): number {
  try {
    mkdirSync(paths.cache, { recursive: true, mode: 0o700 });
    return openSync(file, 'w', 0o600);
  } catch (cause) {
    throw new Failure(
      `cannot use the cache directory "${paths.cache}": ${(cause as Error).message} (set CHARMLET_CACHE to a directory that you may write)`,
      1,
      { cause },
    );
  }
}

/** Connects again and again: a socket that is about to be bound gives no event that could be waited for. */
async function answering(paths: Paths, ended: Promise<void>, errorFile: string): Promise<void> {
  const client = new Client(paths);
  const deadline = Date.now() + patienceMs;
  let dead = false;
  void ended.then(() => {
    dead = true;
  });
  for (;;) {
    const last = dead;
    try {
      await client.call('ping', {});
      return;
    } catch (error) {
      if (!(error instanceof NoController)) throw error;
    }
    if (last) throw new Failure(whyItEnded(errorFile, paths));
    if (Date.now() > deadline) {
      throw new Failure(
        `cannot start the controller: it did not answer within ${patienceMs / 1000} s (its log is ${paths.data}/controller.log)`,
      );
    }
    await Promise.race([delay(15), ended]);
  }
}

function whyItEnded(errorFile: string, paths: Paths): string {
  const lines = readFileSync(errorFile, 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '');
  const line =
    lines.findLast((one) => one.startsWith('ERROR ')) ??
    lines.findLast((one) => /^\w*Error\b/.test(one)) ??
    lines.at(-1);
  return line
    ? line.replace(/^ERROR /, '')
    : `cannot start the controller: it ended without a word (its log is ${paths.data}/controller.log)`;
}
