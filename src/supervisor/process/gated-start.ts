import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync } from 'node:fs';
import type { Writable } from 'node:stream';
import { shellFor } from './shell.ts';

export interface StartRequest {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly uid?: number | undefined;
  readonly gid?: number | undefined;
  /** Becomes stdout and stderr; closed here. */
  readonly outputFd: number;
  /**
   * Called with the pid of the process that will become the service, before it becomes it. When it throws, or this
   * process dies in it, the service's command is never run.
   */
  readonly record: (pid: number) => void;
}

/** Waits for one line on descriptor 3, then becomes the command; ends when the other side of 3 is closed instead. */
const gate = 'read -r _ <&3 && exec "$@" 3<&-';

/**
 * Starts a command in a process group of its own, with /dev/null as its input, such that at no instant a service runs
 * that is not on record: a shell waits until the record is written and only then becomes the command, by `exec`, so the
 * pid stays. Throws when no process could be made.
 */
export function startGated(request: StartRequest): ChildProcess {
  const { argv, env, cwd, uid, gid, outputFd } = request;
  const [shell = '', ...flags] = shellFor(env);
  let child: ChildProcess;
  try {
    child = spawn(shell, [...flags, '-c', gate, 'sh', ...argv], {
      cwd,
      env,
      detached: true,
      stdio: ['ignore', outputFd, outputFd, 'pipe'],
      ...(uid === undefined ? {} : { uid }),
      ...(gid === undefined ? {} : { gid }),
    });
  } finally {
    closeSync(outputFd);
  }
  if (child.pid === undefined) {
    // Node tells by an event; without a listener it would end the supervisor.
    child.once('error', () => undefined);
    throw new Error('operation not permitted');
  }
  const opener = child.stdio[3] as Writable;
  opener.on('error', () => undefined);
  try {
    request.record(child.pid);
    opener.end('go\n');
  } catch (error) {
    opener.destroy();
    throw error;
  }
  return child;
}
