import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:os';
import type { Readable } from 'node:stream';
import type { WebSocket } from 'ws';
import { formatDuration } from '../../pebble/duration.ts';
import type { Task } from '../changes/change.ts';
import { signalAll } from '../process/family.ts';
import type { View } from '../workload/view.ts';
import type { ExecRequest } from './exec-request.ts';

/** A client that did not open its websockets by then will not come. */
const connectMs = 5000;
/** What the command leaves behind may hold its output open for so long. */
const lingerMs = 1000;

export type SocketName = 'control' | 'stdio' | 'stderr';

/** One command that a client runs through websockets: `stdio` and, when split, `stderr` for data, `control` for signals. */
export class Execution {
  readonly #request: ExecRequest;
  readonly #view: View;
  readonly #sockets = new Map<SocketName, WebSocket>();
  readonly #connected = Promise.withResolvers<void>();
  readonly #early: Buffer[] = [];
  #stdin: ((chunk: Buffer | null) => void) | undefined;
  #child: ChildProcess | undefined;

  constructor(request: ExecRequest, view: View) {
    this.#request = request;
    this.#view = view;
  }

  /** Does this execution have such a socket, and is it not open yet? Null when it may be opened. */
  whyNotConnect(name: string): 'unknown' | 'connected' | null {
    const names: string[] = ['control', 'stdio', ...(this.#request.splitStderr ? ['stderr'] : [])];
    if (!names.includes(name)) return 'unknown';
    return this.#sockets.has(name as SocketName) ? 'connected' : null;
  }

  connect(name: SocketName, socket: WebSocket): void {
    socket.binaryType = 'nodebuffer';
    socket.on('error', () => undefined);
    this.#sockets.set(name, socket);
    if (name === 'control') {
      socket.on('message', (data: Buffer) => this.#control(data));
      // A client that vanishes without a word takes its command along.
      socket.on('close', (code: number) => code === 1006 && this.#signal('SIGKILL'));
    }
    if (name === 'stdio') socket.on('message', (data: Buffer, binary: boolean) => this.#input(data, binary));
    if (this.#sockets.has('stdio') && (!this.#request.splitStderr || this.#sockets.has('stderr'))) {
      this.#connected.resolve();
    }
  }

  /** The task's work: waits for the sockets, runs the command, and puts its exit code into the task's data. */
  async run(task: Task, aborted: AbortSignal): Promise<void> {
    try {
      await this.#waitForSockets(task.id, aborted);
      task.data = { 'exit-code': -1 };
      task.data = { 'exit-code': await this.#runCommand(aborted) };
    } finally {
      for (const socket of this.#sockets.values()) socket.close();
    }
  }

  async #waitForSockets(id: string, aborted: AbortSignal): Promise<void> {
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(() => {
      late.reject(new Error(`exec ${id}: timeout waiting for websocket connections: context deadline exceeded`));
    }, connectMs);
    const abort = (): void => late.reject(aborted.reason);
    aborted.addEventListener('abort', abort, { once: true });
    try {
      await Promise.race([this.#connected.promise, late.promise]);
    } finally {
      clearTimeout(timer);
      aborted.removeEventListener('abort', abort);
    }
  }

  async #runCommand(aborted: AbortSignal): Promise<number> {
    const { timeoutMs } = this.#request;
    const child = this.#spawn();
    this.#child = child;
    const limit = timeoutMs > 0 ? AbortSignal.timeout(timeoutMs) : undefined;
    const kill = (): void => this.#signal('SIGKILL');
    const stops = [aborted, ...(limit ? [limit] : [])];
    for (const stop of stops) stop.addEventListener('abort', kill, { once: true });
    const sent = Promise.all([
      this.#send(child.stdout as Readable, 'stdio'),
      this.#send(child.stderr as Readable, this.#request.splitStderr ? 'stderr' : 'stdio'),
    ]);
    this.#takeInput(child);
    try {
      const code = await exitOf(child);
      const linger = setTimeout(() => {
        child.stdout?.destroy();
        child.stderr?.destroy();
      }, lingerMs);
      await sent;
      clearTimeout(linger);
      this.#end('stdio');
      if (this.#request.splitStderr) this.#end('stderr');
      aborted.throwIfAborted();
      if (limit?.aborted) throw new Error(`timed out after ${formatDuration(timeoutMs)}: context deadline exceeded`);
      return code;
    } finally {
      for (const stop of stops) stop.removeEventListener('abort', kill);
    }
  }

  #spawn(): ChildProcess {
    const launch = this.#view.launch(this.#request.command);
    const [command, ...args] = this.#request.terminal ? this.#inTerminal(launch.argv) : launch.argv;
    const { env, cwd, uid, gid } = launch;
    return spawn(command as string, args, {
      env,
      cwd,
      detached: true,
      stdio: ['pipe', 'pipe', 'pipe'],
      ...(uid === undefined ? {} : { uid }),
      ...(gid === undefined ? {} : { gid }),
    });
  }

  /** Node has no terminals of its own to give; `script` of util-linux makes one around the command. */
  #inTerminal(argv: readonly string[]): string[] {
    const { width, height } = this.#request;
    const size = width > 0 && height > 0 ? `stty cols ${Number(width)} rows ${Number(height)}; ` : '';
    const quoted = argv.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ');
    return ['script', '--quiet', '--return', '--command', `${size}exec ${quoted}`, '/dev/null'];
  }

  #input(data: Buffer, binary: boolean): void {
    const chunk = binary ? data : isEnd(data) ? null : undefined;
    if (chunk === undefined) return;
    if (this.#stdin) this.#stdin(chunk);
    else this.#early.push(chunk ?? endOfInput);
  }

  /** From here on input goes to the command; first what came before it was started. */
  #takeInput(child: ChildProcess): void {
    const stdin = child.stdin;
    stdin?.on('error', () => undefined);
    this.#stdin = (chunk) => {
      if (chunk !== null) stdin?.write(chunk);
      // A terminal's input ends with Ctrl-D, not with the pipe: the terminal would end at once.
      else if (this.#request.terminal) stdin?.write('\x04');
      else stdin?.end();
    };
    for (const chunk of this.#early.splice(0)) this.#stdin(chunk === endOfInput ? null : chunk);
  }

  #send(stream: Readable, to: SocketName): Promise<void> {
    return new Promise((resolve) => {
      const socket = this.#sockets.get(to);
      stream.on('data', (chunk: Buffer) => {
        socket?.send(chunk, { binary: true });
        if ((socket?.bufferedAmount ?? 0) > 1024 * 1024) this.#pauseUntilSent(stream, socket as WebSocket);
      });
      stream.once('close', resolve);
    });
  }

  /** A command that talks faster than its client reads has to wait. */
  #pauseUntilSent(stream: Readable, socket: WebSocket): void {
    stream.pause();
    socket.send(Buffer.alloc(0), () => stream.resume());
  }

  #end(name: SocketName): void {
    const socket = this.#sockets.get(name);
    if (socket?.readyState === socket?.OPEN) socket?.send('{"command":"end"}');
  }

  #control(data: Buffer): void {
    const message = parseControl(data);
    if (message?.command === 'signal' && message.signal?.name) this.#signal(message.signal.name);
  }

  #signal(name: string): void {
    const pid = this.#child?.pid;
    if (pid !== undefined && Object.hasOwn(constants.signals, name)) {
      signalAll([name === 'SIGKILL' || this.#request.terminal ? -pid : pid], name as NodeJS.Signals);
    }
  }
}

const endOfInput = Buffer.alloc(0);

interface Control {
  readonly command?: string;
  readonly signal?: { readonly name?: string };
}

function parseControl(data: Buffer): Control | null {
  try {
    return JSON.parse(data.toString()) as Control;
  } catch {
    return null;
  }
}

function isEnd(data: Buffer): boolean {
  return parseControl(data)?.command === 'end';
}

function exitOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('exit', (code, signal) => resolve(code ?? 128 + (signal ? constants.signals[signal] : 0)));
    child.once('error', reject);
  });
}
