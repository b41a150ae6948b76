import { createHash } from 'node:crypto';
import { readlinkSync, statSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** Where charmlet keeps things. Nothing is ever written outside these three directories. */
export interface Paths {
  /** What must survive a reboot: the model's database, unit directories, stored resources. */
  readonly data: string;
  /** Sockets and named pipes. Short, because a Unix socket's path is at most 107 bytes. */
  readonly runtime: string;
  /** Servers and bundles that can be made again at any time; shared by all data directories of a user. */
  readonly cache: string;
}

/**
 * Works out the three directories from the environment: `CHARMLET_DATA` (default `~/.local/share/charmlet`),
 * `XDG_RUNTIME_DIR` (default: a per-user name below the temporary directory) and `CHARMLET_CACHE`
 * (default `$XDG_CACHE_HOME/charmlet` or `~/.cache/charmlet`). The runtime directory that the data directory points to
 * comes before the environment, because cron and `su` have another one than the user's terminal. Creates nothing.
 */
export function pathsFrom(env: NodeJS.ProcessEnv): Paths {
  const home = env.HOME || homedir();
  const data = resolve(env.CHARMLET_DATA || join(home, '.local/share/charmlet'));
  const cache = resolve(env.CHARMLET_CACHE || join(env.XDG_CACHE_HOME || join(home, '.cache'), 'charmlet'));
  // The data directory's path is hashed into the name, so that two models never share a socket and a
  // data directory of any length works.
  const tag = createHash('sha256').update(data).digest('hex').slice(0, 8);
  const base = env.XDG_RUNTIME_DIR && env.XDG_RUNTIME_DIR.length <= 40 ? env.XDG_RUNTIME_DIR : undefined;
  const runtime = base
    ? join(base, `charmlet-${tag}`)
    : join(tmpdir().length <= 40 ? tmpdir() : '/tmp', `charmlet-${process.getuid?.() ?? 0}-${tag}`);
  return { data, runtime: rememberedRuntime(data) ?? runtime, cache };
}

/** A symbolic link by which a data directory tells where its sockets are. */
export const runtimeLink = (data: string): string => join(data, 'runtime');

/** Undefined when nothing is remembered, or what is remembered went with a reboot. */
function rememberedRuntime(data: string): string | undefined {
  try {
    const target = readlinkSync(runtimeLink(data));
    const found = statSync(target);
    return found.isDirectory() && found.uid === process.getuid?.() ? target : undefined;
  } catch {
    return undefined;
  }
}

/** The socket on which the controller answers the CLI. */
export function controllerSocket(paths: Paths): string {
  return join(paths.runtime, 'controller.sock');
}
