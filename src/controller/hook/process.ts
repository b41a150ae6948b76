import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { OutputLog } from './output-log.ts';

/** How long a run may take to end after SIGTERM. */
const killDelayMs = 5000;
/** How long output is still read after the process has ended, when something it started holds the pipe open. */
const drainMs = 100;

export interface ProcessEnd {
  /** Null when a signal ended it, or when it could not be started. */
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Why it could not be started, in the form of Go's error; null when it was. */
  readonly startError: string | null;
  readonly stdout: Buffer;
  readonly stderr: Buffer;
}

const signalTexts: Readonly<Record<string, string>> = {
  SIGABRT: 'aborted',
  SIGBUS: 'bus error',
  SIGFPE: 'floating point exception',
  SIGHUP: 'hangup',
  SIGILL: 'illegal instruction',
  SIGINT: 'interrupt',
  SIGKILL: 'killed',
  SIGPIPE: 'broken pipe',
  SIGQUIT: 'quit',
  SIGSEGV: 'segmentation fault',
  SIGTERM: 'terminated',
};

/** A signal's name in Go's words, which Juju's messages have. */
export function signalText(signal: NodeJS.Signals): string {
  return signalTexts[signal] ?? signal;
}

/**
 * Runs a charm's program to its end: own process group, empty standard input, output line by line to the two
 * receivers. It has ended when the process has, also when a child of it lives on.
 */
export async function runCharmProcess(options: {
  readonly argv: readonly [string, ...string[]];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly onStdout: (line: string) => void;
  readonly onStderr: (line: string) => void;
  readonly onStart?: ((pid: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
  /** How much of standard output is kept at most; 1 MiB when absent. */
  readonly keepBytes?: number;
}): Promise<ProcessEnd> {
  const stdout = new OutputLog(options.onStdout, options.keepBytes);
  const stderr = new OutputLog(options.onStderr);
  const [file, ...args] = options.argv;
  const child = spawn(file, args, {
    cwd: options.cwd,
    env: { ...options.env },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (child.pid !== undefined) {
    options.onStart?.(child.pid);
  }
  child.stdout.on('data', (chunk: Buffer) => stdout.take(chunk));
  child.stderr.on('data', (chunk: Buffer) => stderr.take(chunk));
  const stopKilling = killOnAbort(child, options.signal);
  try {
    const [exitCode, signal, startError] = await ended(child);
    await drained(child);
    stdout.end();
    stderr.end();
    return { exitCode, signal, startError, stdout: stdout.kept(), stderr: stderr.kept() };
  } finally {
    stopKilling();
  }
}

async function ended(child: ChildProcess): Promise<[number | null, NodeJS.Signals | null, string | null]> {
  try {
    const [exitCode, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
    return [exitCode, signal, null];
  } catch (error) {
    const { code, path, message } = error as NodeJS.ErrnoException;
    const why = { ENOENT: 'no such file or directory', EACCES: 'permission denied', ENOEXEC: 'exec format error' }[
      code ?? ''
    ];
    return [null, null, `fork/exec ${path}: ${why ?? message}`];
  }
}

async function drained(child: ChildProcess): Promise<void> {
  const streams = [child.stdout!, child.stderr!];
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, drainMs);
  });
  const all = Promise.all(
    streams.map((stream) => (stream.readableEnded || stream.destroyed ? null : once(stream, 'close'))),
  );
  await Promise.race([all.catch(() => undefined), late]);
  clearTimeout(timer);
  for (const stream of streams) {
    stream.destroy();
  }
}

/** Signals go to the whole group, so that no child of a hook goes on without it. */
function killOnAbort(child: ChildProcess, signal: AbortSignal | undefined): () => void {
  let timer: NodeJS.Timeout | undefined;
  const kill = (name: NodeJS.Signals) => {
    try {
      process.kill(-child.pid!, name);
    } catch {
      // It has ended already.
    }
  };
  const onAbort = () => {
    if (child.pid !== undefined) {
      kill('SIGTERM');
      timer = setTimeout(() => kill('SIGKILL'), killDelayMs);
    }
  };
  if (signal?.aborted) {
    onAbort();
  }
  signal?.addEventListener('abort', onAbort, { once: true });
  return () => {
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
  };
}
