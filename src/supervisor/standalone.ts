import { statSync } from 'node:fs';
import { join } from 'node:path';
import { PebbleApiError, PebbleClient } from '../pebble/client.ts';
import { parseArguments, UsageError } from '../pebble/commands/arguments.ts';
import { renderLogEntry } from '../pebble/commands/query-commands.ts';
import { startDaemon } from './daemon.ts';
import { readLayerFiles } from './plan/layer-files.ts';
import type { SupervisorSpec } from './spec.ts';

const options = {
  socket: { long: 'socket', value: true },
  dir: { long: 'dir', value: true },
  http: { long: 'http', value: true },
  hold: { long: 'hold' },
  createDirs: { long: 'create-dirs' },
  verbose: { short: 'v', long: 'verbose' },
} as const;

/** The daemon's surroundings. */
export interface StandaloneWorld {
  readonly env: NodeJS.ProcessEnv;
  /** Relative paths of the command line begin there. */
  readonly cwd: string;
  /** Ends the daemon in order. */
  readonly signal: AbortSignal;
  /** Lines for whoever watches. */
  out(line: string): void;
}

/**
 * Runs the daemon by itself as `pebble run` does, in this process, until it is told to end; resolves with its exit
 * code. `argv` is what comes after `run`: `--dir D` (default PEBBLE), `--socket S` (default PEBBLE_SOCKET, else
 * `.pebble.socket` in D), `--http A`, `--hold`, `--verbose`. Rejects with a `UsageError` or with what made the start
 * impossible.
 */
export async function runStandalone(argv: readonly string[], world: StandaloneWorld): Promise<number> {
  const { spec, hold, verbose } = readCommandLine(argv, world);
  await mustBeFree(spec.socket);
  const say = (message: string): void => world.out(`${new Date().toISOString()} [pebble] ${message}\n`);
  const daemon = await startDaemon(spec, say, {
    ...(verbose && { echo: (entry) => world.out(renderLogEntry(entry, undefined)) }),
  });
  say(`Started daemon; it listens on ${spec.socket}${daemon.http ? ` and ${daemon.http}` : ''}.`);
  if (!hold) await startEnabled(new PebbleClient({ socket: spec.socket }));
  const told = new Promise<number>((resolve) => {
    const onAbort = (): void => resolve(0);
    world.signal.addEventListener('abort', onAbort, { once: true });
    if (world.signal.aborted) onAbort();
  });
  const exitCode = await Promise.race([told, daemon.ended]);
  say('Stopping all running services.');
  await daemon.stop();
  return exitCode;
}

function readCommandLine(
  argv: readonly string[],
  { env, cwd }: StandaloneWorld,
): { spec: SupervisorSpec; hold: boolean; verbose: boolean } {
  const args = parseArguments(argv, options);
  if (args.positional.length > 0) throw new UsageError(`too many arguments for command`);
  const given = args.value('dir') ?? env.PEBBLE;
  if (!given) throw new UsageError('cannot run a daemon: no directory (give --dir, or set PEBBLE)');
  const dir = join(given.startsWith('/') ? '/' : cwd, given);
  const socketGiven = args.value('socket') ?? env.PEBBLE_SOCKET ?? join(dir, '.pebble.socket');
  const socket = join(socketGiven.startsWith('/') ? '/' : cwd, socketGiven);
  if (Buffer.byteLength(socket) > 107) {
    throw new UsageError(`cannot listen on "${socket}": its path has more than 107 bytes (give a shorter --socket)`);
  }
  const http = args.value('http');
  return {
    hold: args.has('hold'),
    verbose: args.has('verbose') || env.PEBBLE_VERBOSE === '1',
    spec: {
      container: 'pebble',
      socket,
      dir,
      workload: { kind: 'host' },
      environment: { ...inherited(env), PEBBLE: dir, PEBBLE_SOCKET: socket },
      namespace: 'never',
      layers: readLayerFiles(join(dir, 'layers')),
      ...(http === undefined ? {} : { http }),
    },
  };
}

/** A socket that a dead daemon left is replaced; anything else at its path is somebody's. */
async function mustBeFree(path: string): Promise<void> {
  const there = statSync(path, { throwIfNoEntry: false });
  if (there && !there.isSocket())
    throw new Error(`cannot listen on "${path}": it is no socket (give another --socket)`);
  if (there && (await new PebbleClient({ socket: path }).reachable())) {
    throw new Error(`cannot listen on "${path}": another daemon answers there (stop it, or give another --socket)`);
  }
}

/** Starts what the plan wants started; how that goes is in the change, and nobody waits for it here. */
async function startEnabled(client: PebbleClient): Promise<void> {
  await client.autostart().catch((error: unknown) => {
    if (!(error instanceof PebbleApiError && error.kind === 'no-default-services')) throw error;
  });
}

/** What services, checks and execs inherit. Where our own compiled code is kept is nothing to another Node. */
function inherited({ NODE_COMPILE_CACHE: _, ...env }: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined));
}
