import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import { closeSync } from 'node:fs';
import { constants } from 'node:os';
import type { Readable, Writable } from 'node:stream';
import { signalAll } from '../process/family.ts';
import type { Pipe } from '../process/pipes.ts';
import { shellFor } from '../process/shell.ts';
import type { Launch, View } from '../workload/view.ts';
import type { ExecRequest } from './exec-request.ts';
import { type InTerminal, readReport, resizeTerminal, terminalStreams, withTerminal } from './terminal.ts';

/** A command that was started for a client. */
export interface RunningCommand {
  readonly input: Writable;
  /** Tells the command that no more input comes. */
  endInput(): void;
  /** What it writes, and whether as output or as errors. Together they close when nobody can write any more. */
  readonly outputs: readonly { readonly stream: Readable; readonly errors: boolean }[];
  /** Resolves with its exit code as a shell would give it; rejects when there is no process. */
  readonly exit: Promise<number>;
  /** To the command alone. */
  signal(name: NodeJS.Signals): void;
  /** Ends the command and what it started, but for what left its process group. */
  kill(): void;
  resize(size: { width: number; height: number }): void;
}

/** Starts the command of a request. Rejects when it cannot be started. */
export async function startCommand(request: ExecRequest, view: View): Promise<RunningCommand> {
  const { terminal, interactive, splitStderr } = request;
  const launch = view.launch(request.command);
  const [output, errors] = await Promise.all([
    terminal ? null : view.pipes.open(),
    splitStderr ? view.pipes.open() : null,
  ]);
  const pipes = [output, errors].filter((pipe): pipe is Pipe => pipe !== null);
  try {
    const child = startProcess(terminal ? inTerminal(launch, request) : launch, {
      stdio: terminal
        ? ['pipe', 'pipe', 'pipe', 'pipe', 'pipe', errors?.fd ?? 'ignore']
        : ['pipe', output?.fd ?? 'ignore', errors?.fd ?? output?.fd ?? 'ignore'],
    });
    const outputs = [
      ...(output ? [{ stream: output.stream, errors: false }] : []),
      ...(errors ? [{ stream: errors.stream, errors: true }] : []),
      ...(terminal ? [{ stream: child.stdout as Readable, errors: false }] : []),
      ...(terminal ? [{ stream: child.stderr as Readable, errors: splitStderr }] : []),
    ];
    const stdin = (terminal && !interactive ? child.stdio[terminalStreams.stdin] : child.stdin) as Writable;
    for (const stream of [...child.stdio, ...outputs.map((each) => each.stream)]) {
      stream?.on('error', () => undefined);
    }
    return {
      input: stdin,
      // A terminal's input ends with Ctrl-D, not with the pipe: the terminal would end at once.
      endInput: () => (terminal && interactive ? stdin.write('\x04') : stdin.end()),
      outputs,
      exit: exitOf(child),
      ...(terminal ? controlsOfTerminal(child) : controlsOf(child)),
    };
  } catch (error) {
    for (const { stream } of pipes) stream.destroy();
    throw error;
  } finally {
    for (const { fd } of pipes) closeSync(fd);
  }
}

function inTerminal(launch: Launch, request: ExecRequest): Launch {
  const argv = withTerminal(launch.argv, { ...request, env: launch.env });
  return { ...launch, argv, env: { ...launch.env, SHELL: shellFor(launch.env)[0] as string } };
}

function startProcess({ argv, env, cwd, uid, gid }: Launch, { stdio }: { stdio: StdioOptions }): ChildProcess {
  const [command, ...args] = argv;
  return spawn(command as string, args, {
    env,
    cwd,
    detached: true,
    stdio,
    ...(uid === undefined ? {} : { uid }),
    ...(gid === undefined ? {} : { gid }),
  });
}

function controlsOf(child: ChildProcess): Pick<RunningCommand, 'signal' | 'kill' | 'resize'> {
  const { pid } = child;
  return {
    signal: (name) => signalAll(pid === undefined ? [] : [pid], name),
    kill: () => signalAll(pid === undefined ? [] : [-pid], 'SIGKILL'),
    resize: () => undefined,
  };
}

/** Between us and the command is the process that gives the terminal; it ends by itself after the command. */
function controlsOfTerminal(child: ChildProcess): Pick<RunningCommand, 'signal' | 'kill' | 'resize'> {
  let known: InTerminal | null = null;
  const report = readReport(child.stdio[terminalStreams.report] as Readable).then((found) => {
    known = found;
    return found;
  });
  return {
    signal: (name) => void report.then((found) => found && signalAll([found.pid], name)),
    kill: () => signalAll(known ? [-known.pid] : child.pid === undefined ? [] : [-child.pid], 'SIGKILL'),
    resize: (size) => void report.then((found) => found && resizeTerminal(found.device, size)),
  };
}

function exitOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('exit', (code, signal) => resolve(code ?? 128 + (signal ? constants.signals[signal] : 0)));
    child.once('error', reject);
  });
}
