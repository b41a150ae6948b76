import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PebbleClient } from '../pebble/client.ts';
import type { SupervisorSpec } from './spec.ts';

export { endSupervisor } from './end.ts';

const program = fileURLToPath(new URL('../bin/supervisor.ts', import.meta.url));
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
  writeFileSync(`${specFile}.new`, JSON.stringify(spec), { mode: 0o600 });
  renameSync(`${specFile}.new`, specFile);
  mkdirSync(spec.dir, { recursive: true, mode: 0o700 });
  const logFile = join(spec.dir, 'supervisor.log');
  const size = statSync(logFile, { throwIfNoEntry: false })?.size ?? 0;
  const logFd = openSync(logFile, size > largestLog ? 'w' : 'a', 0o600);
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', '--max-semi-space-size=1', program, '--spec', specFile],
    {
      detached: true,
      stdio: ['ignore', logFd, logFd, 'ipc'],
      cwd: '/',
      env: ownEnvironment(options.env ?? process.env),
    },
  );
  closeSync(logFd);
  const said = await new Promise<string | null>((resolve) => {
    const timer = setTimeout(() => resolve('it did not answer in time'), options.timeoutMs ?? 20_000);
    const finish = (problem: string | null) => () => {
      clearTimeout(timer);
      resolve(problem);
    };
    child.once('message', finish(null));
    child.once('exit', finish('it ended'));
    child.once('error', (error) => finish(error.message)());
  });
  if (child.connected) child.disconnect();
  child.unref();
  // Somebody else may have been faster: then ours has ended, and theirs answers.
  if (said === null || (await client.reachable())) return { started: said === null };
  throw new Error(
    `cannot start the supervisor of container "${spec.container}": ${said}: ${lastLine(logFile)} (see ${logFile})`,
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
