import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Paths } from '../controller/paths.ts';
import { residentNodeOptions } from '../resident/node-options.ts';
import { Client, NoController } from './client.ts';
import { compileResident } from './compile-resident.ts';
import { Failure } from './failure.ts';

/** How long a controller may take until it answers. An old machine that migrates a large model needs seconds. */
const patienceMs = 30_000;

/** How long another controller may hold the data without answering: one that has just begun, or is about to end. */
const rivalPatienceMs = 5000;

/**
 * Starts the controller of these directories in the background and resolves when it answers. Rejects with the error
 * line that it printed when it ended instead. When several of us do this at once, one controller stays and all resolve.
 */
export async function startController(paths: Paths, env: NodeJS.ProcessEnv): Promise<void> {
  const begun = Date.now();
  for (;;) {
    const refusal = await startOnce(paths, env);
    if (refusal === undefined) return;
    const hasRival = refusal.startsWith('cannot start a second controller');
    if (!hasRival || Date.now() - begun > rivalPatienceMs) throw new Failure(refusal);
    await delay(100);
    if (await answers(paths)) return;
  }
}

/** Resolves to nothing when a controller answers, and to the line that ours ended with otherwise. */
async function startOnce(paths: Paths, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const errorFile = join(paths.cache, `controller-start-${process.pid}.log`);
  const errors = openErrors(paths, errorFile);
  let child: ChildProcess | undefined;
  const compileCache = join(paths.cache, 'compile');
  try {
    await compileResident(compileCache, ownEnvironment(env));
    const started = spawn(
      process.execPath,
      [...residentNodeOptions, join(import.meta.dirname, '../bin/controller.ts')],
      {
        detached: true,
        stdio: ['ignore', errors, errors],
        cwd: '/',
        env: {
          ...ownEnvironment(env),
          NODE_COMPILE_CACHE: compileCache,
          CHARMLET_DATA: paths.data,
          CHARMLET_CACHE: paths.cache,
        },
      },
    );
    const ended = new Promise<void>((resolve) => {
      started.once('exit', () => resolve());
      started.once('error', () => resolve());
    });
    started.unref();
    child = started;
    return (await untilAnswering(paths, ended)) ? undefined : whyItEnded(errorFile, paths);
  } catch (error) {
    // One that never answered must not be left behind, holding the data.
    child?.kill('SIGKILL');
    throw error;
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

/** Connects again and again, because a socket that is about to be bound gives no event to wait for. False when the process has ended. */
async function untilAnswering(paths: Paths, ended: Promise<void>): Promise<boolean> {
  const deadline = Date.now() + patienceMs;
  let dead = false;
  void ended.then(() => {
    dead = true;
  });
  for (;;) {
    const wasDead = dead;
    if (await answers(paths)) return true;
    if (wasDead) return false;
    if (Date.now() > deadline) {
      throw new Failure(
        `cannot start the controller: it did not answer within ${patienceMs / 1000} s (its log is ${paths.data}/controller.log)`,
      );
    }
    await Promise.race([delay(15), ended]);
  }
}

async function answers(paths: Paths): Promise<boolean> {
  try {
    await new Client(paths).call('ping', {});
    return true;
  } catch (error) {
    if (error instanceof NoController) return false;
    throw error;
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
