import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { PebbleClient } from '../pebble/client.ts';
import { residentNodeOptions } from '../resident/node-options.ts';
import { alreadyServedExitCode } from './exit-codes.ts';
import type { SupervisorSpec } from './spec.ts';

export { endSupervisor } from './end.ts';

const program = fileURLToPath(new URL('../bin/supervisor.ts', import.meta.url));
/** How often is looked whether a supervisor that somebody else starts answers yet. */
const lookMs = 50;
/** A new supervisor's log begins empty when the old one's has grown beyond this. */
const largestLog = 1024 * 1024;

/**
 * Sees to it that the supervisor of `spec` runs: resolves at once when its socket answers, else writes the spec, starts
 * the process and resolves when it answers. The process is no child in any sense that matters: it outlives the caller.
 * Rejects with what the supervisor said when it does not come up.
 */
export async function ensureSupervisor(
  specFile: string,
  spec: SupervisorSpec,
  options: { readonly env?: NodeJS.ProcessEnv; readonly timeoutMs?: number } = {},
): Promise<{ started: boolean }> {
  const client = new PebbleClient({ socket: spec.socket });
  if (await client.reachable()) return { started: false };
  mkdirSync(dirname(specFile), { recursive: true, mode: 0o700 });
  const fresh = `${specFile}.${process.pid}.new`;
  writeFileSync(fresh, JSON.stringify(spec), { mode: 0o600 });
  renameSync(fresh, specFile);
  mkdirSync(spec.dir, { recursive: true, mode: 0o700 });
  const logFile = join(spec.dir, 'supervisor.log');
  const size = statSync(logFile, { throwIfNoEntry: false })?.size ?? 0;
  const logFd = openSync(logFile, size > largestLog ? 'w' : 'a', 0o600);
  const child = spawn(process.execPath, [...residentNodeOptions, program, '--spec', specFile], {
    detached: true,
    stdio: ['ignore', logFd, logFd, 'ipc'],
    cwd: '/',
    env: ownEnvironment(options.env ?? process.env),
  });
  closeSync(logFd);
  const timeoutMs = options.timeoutMs ?? 20_000;
  const deadline = Date.now() + timeoutMs;
  const outcome = await new Promise<'ready' | 'late' | 'served' | 'ended'>((resolve) => {
    const timer = setTimeout(() => resolve('late'), timeoutMs);
    const finish = (how: 'ready' | 'served' | 'ended'): void => {
      clearTimeout(timer);
      resolve(how);
    };
    child.once('message', () => finish('ready'));
    child.once('exit', (code) => finish(code === alreadyServedExitCode ? 'served' : 'ended'));
    child.once('error', () => finish('ended'));
  });
  if (child.connected) child.disconnect();
  child.unref();
  if (outcome === 'ready') return { started: true };
  // Somebody else was faster, and theirs is about to answer.
  while (outcome === 'served' && Date.now() < deadline) {
    if (await client.reachable()) return { started: false };
    await sleep(lookMs);
  }
  const what = outcome === 'ended' ? 'it ended' : 'it did not answer in time';
  throw new Error(
    `cannot start the supervisor of container "${spec.container}": ${what}: ${lastLine(logFile)} (see ${logFile})`,
  );
}

/** What the supervisor itself needs; its services get the spec's environment and nothing of this. */
function ownEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { PATH, LANG, TZ, TMPDIR, NODE_COMPILE_CACHE } = env;
  const given = Object.entries({ PATH, LANG, TZ, TMPDIR, NODE_COMPILE_CACHE });
  return Object.fromEntries(given.filter(([, value]) => value !== undefined));
}

function lastLine(file: string): string {
  return readFileSync(file, 'utf8').trimEnd().split('\n').at(-1) ?? '';
}
