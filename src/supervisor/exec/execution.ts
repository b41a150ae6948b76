import { constants } from 'node:os';
import type { Readable } from 'node:stream';
import type { WebSocket } from 'ws';
import { formatDuration } from '../../pebble/duration.ts';
import type { Task } from '../changes/change.ts';
import { type Decoded, decodeJson } from '../json-shape.ts';
import type { View } from '../workload/view.ts';
import type { ExecRequest } from './exec-request.ts';
import { type RunningCommand, startCommand } from './start-command.ts';

/** A client that did not open its websockets by then will not come. */
const connectMs = 5000;

export type SocketName = 'control' | 'stdio' | 'stderr';

/** One command that a client runs through websockets: `stdio` and, when split, `stderr` for data, `control` for signals. */
export class Execution {
  readonly #request: ExecRequest;
  readonly #view: View;
  readonly #sockets = new Map<SocketName, WebSocket>();
  readonly #connected = Promise.withResolvers<void>();
  /** The client took no output any more. */
  readonly #gone = Promise.withResolvers<void>();
  readonly #early: Buffer[] = [];
  #stdin: ((chunk: Buffer | null) => void) | undefined;
  #command: RunningCommand | undefined;

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
      socket.on('close', (code: number) => code === 1006 && this.#command?.kill());
    }
    if (name !== 'control') socket.on('close', () => this.#gone.resolve());
    if (name === 'stdio') {
      socket.on('message', (data: Buffer, binary: boolean) => this.#input(data, binary));
      // What comes before the command runs has to wait with the client.
      socket.pause();
    }
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
      for (const socket of this.#sockets.values()) {
        socket.resume();
        socket.close();
      }
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
    const tooLate = `timed out after ${formatDuration(timeoutMs)}: context deadline exceeded`;
    if (timeoutMs < 0) throw new Error(tooLate);
    const command = await startCommand(this.#request, this.#view);
    this.#command = command;
    const limit = timeoutMs === 0 ? undefined : AbortSignal.timeout(timeoutMs);
    const stops = [aborted, ...(limit ? [limit] : [])];
    for (const stop of stops) {
      stop.addEventListener('abort', command.kill, { once: true });
      if (stop.aborted) command.kill();
    }
    const sent = Promise.all(
      command.outputs.map(({ stream, errors }) => this.#send(stream, errors ? 'stderr' : 'stdio')),
    );
    this.#takeInput(command);
    try {
      const code = await command.exit;
      // What the command left behind may have more to say; nobody waits for it when the client has gone.
      await Promise.race([sent, this.#gone.promise]);
      this.#end('stdio');
      if (this.#request.splitStderr) this.#end('stderr');
      aborted.throwIfAborted();
      if (limit?.aborted) throw new Error(tooLate);
      return code;
    } finally {
      for (const stop of stops) stop.removeEventListener('abort', command.kill);
      for (const stream of [command.input, ...command.outputs.map((output) => output.stream)]) stream.destroy();
    }
  }

  #input(data: Buffer, binary: boolean): void {
    const chunk = binary ? data : parseControl(data)?.command === 'end' ? null : undefined;
    if (chunk === undefined) return;
    if (this.#stdin) this.#stdin(chunk);
    else this.#early.push(chunk ?? endOfInput);
  }

  /** From here on input goes to the command, as fast as it reads; first what came before it was started. */
  #takeInput({ input, endInput }: RunningCommand): void {
    const socket = this.#sockets.get('stdio');
    input.on('drain', () => socket?.resume());
    // A command that has closed its input, or has ended, reads no more: what still comes is passed over.
    input.on('close', () => socket?.resume());
    this.#stdin = (chunk) => {
      if (input.destroyed) return;
      if (chunk === null) endInput();
      else if (!input.write(chunk)) socket?.pause();
    };
    socket?.resume();
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
    const { command, signal, resize } = parseControl(data) ?? {};
    if (command === 'signal' && Object.hasOwn(constants.signals, signal?.name ?? '')) {
      this.#command?.signal(signal?.name as NodeJS.Signals);
    }
    const { width = 0, height = 0 } = resize ?? {};
    if (command === 'resize' && width > 0 && height > 0) this.#command?.resize({ width, height });
  }
}

const endOfInput = Buffer.alloc(0);

const controlShape = {
  struct: 'execCommand',
  fields: {
    command: 'string',
    signal: { struct: 'execSignalArgs', fields: { name: 'string' } },
    resize: { struct: 'execResizeArgs', fields: { width: 'int', height: 'int' } },
  },
} as const;

function parseControl(data: Buffer): Decoded<typeof controlShape> | null {
  try {
    return decodeJson(data.toString(), controlShape) as Decoded<typeof controlShape>;
  } catch {
    return null;
  }
}
