import type { WebSocket } from 'ws';
import { formatDuration } from './duration.ts';
import { PebbleApiError } from './errors.ts';
import type { Envelope } from './request.ts';
import type { Change, Owner } from './types.ts';

export interface ExecOptions extends Owner {
  /** Take the environment, working directory and user of this service. */
  readonly serviceContext?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly workingDir?: string;
  readonly timeoutMs?: number;
  /** What the command reads; absent: its input ends at once, unless `stdinOpen`. */
  readonly stdin?: string | Buffer;
  readonly stdinOpen?: boolean;
  readonly terminal?: boolean;
  readonly interactive?: boolean;
  /** Errors come by `onStderr` and not among the output. Default: unless `terminal`. */
  readonly splitStderr?: boolean;
  readonly width?: number;
  readonly height?: number;
  /** Called for every piece of output. */
  readonly onStdout?: (chunk: Buffer) => void;
  readonly onStderr?: (chunk: Buffer) => void;
}

/** A command that runs in the workload. */
export interface ExecProcess {
  readonly changeId: string;
  /** Resolves when the command has ended and all output is read. Rejects when it could not be started or took too long. */
  readonly result: Promise<{ exitCode: number; stdout: Buffer; stderr: Buffer }>;
  writeStdin(chunk: Buffer | string): void;
  endStdin(): void;
  sendSignal(name: string): void;
  resize(width: number, height: number): void;
}

/** The part of the client that is needed here. */
export interface ExecClient {
  readonly socket: string;
  call(method: 'POST', path: string, body: object): Promise<Envelope>;
  waitChange(id: string): Promise<Change>;
}

/** POST /v1/exec and the websockets that belong to it. See Pebble's `client/exec.go`. */
export async function startExec(
  client: ExecClient,
  command: readonly string[],
  options: ExecOptions,
): Promise<ExecProcess> {
  const { WebSocket: Socket } = await import('ws');
  const { splitStderr = !options.terminal } = options;
  const envelope = await client.call('POST', '/v1/exec', execRequest(command, options, splitStderr));
  const changeId = envelope.change ?? '';
  const { 'task-id': task } = envelope.result as { 'task-id': string };
  const open = (id: string, onChunk?: (chunk: Buffer) => void): Promise<OpenSocket> =>
    new Promise((resolve, reject) => {
      const url = `ws+unix://${client.socket}:/v1/tasks/${encodeURIComponent(task)}/websocket/${id}`;
      const socket = new Socket(url, { perMessageDeflate: false });
      socket.binaryType = 'nodebuffer';
      const output = collect(socket, onChunk);
      socket.once('open', () => resolve({ socket, output })).once('error', reject);
    });
  // First the control socket: the command starts as soon as the others are there, and may have ended before this one.
  const control = await open('control');
  // Listeners are attached before a socket opens: a short command's output may come with the answer to the upgrade.
  const stdioReady = open('stdio', options.onStdout);
  const stderrReady = splitStderr ? open('stderr', options.onStderr) : undefined;
  const [stdio, stderr] = await Promise.all([stdioReady, stderrReady]);
  const end = () => stdio.socket.send('{"command":"end"}');
  if (options.stdin !== undefined) stdio.socket.send(Buffer.from(options.stdin));
  if (!options.stdinOpen) end();

  const finish = async () => {
    const [change, out, err] = await Promise.all([client.waitChange(changeId), stdio.output, stderr?.output]);
    for (const socket of [control.socket, stdio.socket, stderr?.socket]) socket?.terminate();
    if (change.err !== undefined) throw new PebbleApiError(change.err, { statusCode: 200 });
    const exitCode = change.tasks?.[0]?.data?.['exit-code'];
    return { exitCode: typeof exitCode === 'number' ? exitCode : -1, stdout: out, stderr: err ?? Buffer.alloc(0) };
  };
  return {
    changeId,
    result: finish(),
    writeStdin: (chunk) => stdio.socket.send(Buffer.from(chunk as string)),
    endStdin: end,
    sendSignal: (name) => control.socket.send(JSON.stringify({ command: 'signal', signal: { name } })),
    resize: (width, height) => control.socket.send(JSON.stringify({ command: 'resize', resize: { width, height } })),
  };
}

interface OpenSocket {
  readonly socket: WebSocket;
  /** Everything that comes, up to the end. */
  readonly output: Promise<Buffer>;
}

function collect(socket: WebSocket, onChunk?: (chunk: Buffer) => void): Promise<Buffer> {
  const chunks: Buffer[] = [];
  return new Promise((resolve) => {
    const finish = () => resolve(Buffer.concat(chunks));
    socket.on('message', (data: Buffer, isBinary: boolean) => {
      if (!isBinary) {
        if (isEnd(data)) finish();
        return;
      }
      chunks.push(data);
      onChunk?.(data);
    });
    socket.once('close', finish);
  });
}

function execRequest(command: readonly string[], options: ExecOptions, splitStderr: boolean): object {
  return {
    command,
    'service-context': options.serviceContext,
    environment: options.environment,
    'working-dir': options.workingDir,
    timeout: options.timeoutMs === undefined ? undefined : formatDuration(options.timeoutMs),
    user: options.user,
    'user-id': options['user-id'],
    group: options.group,
    'group-id': options['group-id'],
    terminal: options.terminal ?? false,
    interactive: options.interactive ?? false,
    'split-stderr': splitStderr,
    width: options.width,
    height: options.height,
  };
}

function isEnd(data: Buffer): boolean {
  try {
    return (JSON.parse(data.toString()) as { command?: string }).command === 'end';
  } catch {
    return false;
  }
}
