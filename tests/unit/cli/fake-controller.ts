import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { Interrupted } from '../../../src/cli/io.ts';
import { main } from '../../../src/cli/main.ts';
import type { ApiError, Method, Methods } from '../../../src/controller/api.ts';
import { controllerSocket, pathsFrom } from '../../../src/controller/paths.ts';

type Emit<M extends Method> = (event: Methods[M]['event']) => void;

/** Answers to the calls that a test expects; any other call fails the test's command. */
export type Answers = {
  readonly [M in Method]?: (
    params: Methods[M]['params'],
    emit: Emit<M>,
    gone: AbortSignal,
  ) => Methods[M]['result'] | Promise<Methods[M]['result']>;
};

/** Thrown by an answer, it becomes the controller's error reply. */
export class Refusal extends Error {
  readonly exitCode: ApiError['exitCode'];

  constructor(message: string, exitCode: ApiError['exitCode'] = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** A controller of canned answers on a real socket, and the command line run in process against it. */
export class FakeController {
  readonly calls: { readonly method: string; readonly params: unknown; readonly model?: string }[] = [];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly #server = createServer();

  private constructor(answers: Answers, cwd: string) {
    this.cwd = cwd;
    this.env = {
      HOME: this.cwd,
      PATH: process.env.PATH,
      CHARMLET_DATA: join(this.cwd, 'data'),
      XDG_RUNTIME_DIR: this.cwd,
      TZ: 'UTC',
    };
    this.#server.on('request', (request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (chunk: string) => {
        body += chunk;
      });
      request.on('end', () => void this.#answer(answers, request.url ?? '', JSON.parse(body), response));
    });
  }

  /** No controller at all, and no directory either. */
  static absent(): FakeController {
    return new FakeController({}, join(tmpdir(), 'charmlet-cli-absent'));
  }

  static async start(answers: Answers): Promise<FakeController> {
    const fake = new FakeController(answers, mkdtempSync(join(tmpdir(), 'charmlet-cli-')));
    const socket = controllerSocket(pathsFrom(fake.env));
    mkdirSync(join(socket, '..'), { recursive: true });
    await new Promise<void>((resolve) => fake.#server.listen(socket, resolve));
    return fake;
  }

  /** Runs one command line as `charmlet <words>`. `interruptAt`: Ctrl-C as soon as stderr has this text; stdin stays open. */
  async run(
    words: readonly string[],
    given: { stdin?: string; tty?: boolean; env?: NodeJS.ProcessEnv; interruptAt?: string } = {},
  ): Promise<Ran> {
    const [stdout, stderr, stdin] = [new PassThrough(), new PassThrough(), new PassThrough()];
    if (given.tty) Object.assign(stdout, { isTTY: true, rows: 24, columns: 120 });
    const texts = { out: '', err: '' };
    stdout.setEncoding('utf8').on('data', (text: string) => {
      texts.out += text;
    });
    stderr.setEncoding('utf8').on('data', (text: string) => {
      texts.err += text;
      if (given.interruptAt !== undefined && texts.err.includes(given.interruptAt))
        interrupt.abort(new Interrupted('SIGINT'));
    });
    const interrupt = new AbortController();
    if (given.interruptAt === undefined) stdin.end(given.stdin ?? '');
    const code = await main(words, {
      env: { ...this.env, ...given.env },
      cwd: this.cwd,
      stdin,
      stdout,
      stderr,
      signal: interrupt.signal,
    });
    return { code, ...texts };
  }

  /** Breaks every connection, as the death of a controller does. */
  drop(): void {
    this.#server.closeAllConnections();
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
    rmSync(this.cwd, { recursive: true, force: true });
  }

  async #answer(answers: Answers, url: string, params: unknown, response: ServerResponse): Promise<void> {
    const [, method, model] = /^\/v1\/(\w+)(?:\?model=(.*))?$/.exec(url) as unknown as [string, Method, string?];
    this.calls.push({ method, params, ...(model !== undefined && { model: decodeURIComponent(model) }) });
    const gone = new AbortController();
    response.on('close', () => gone.abort());
    const write = (reply: unknown) => response.write(`${JSON.stringify(reply)}\n`);
    try {
      const answer = answers[method] as
        | ((params: unknown, emit: (event: unknown) => void, gone: AbortSignal) => unknown)
        | undefined;
      if (!answer) throw new Refusal(`the test expects no call of ${method}`);
      write({ result: (await answer(params, (event) => write({ event }), gone.signal)) ?? null });
    } catch (error) {
      write({ error: { message: (error as Error).message, exitCode: error instanceof Refusal ? error.exitCode : 1 } });
    }
    response.end();
  }
}

/** Starts a fake for one test body and stops it whatever happens. */
export async function withController<T>(answers: Answers, body: (fake: FakeController) => Promise<T>): Promise<T> {
  const fake = await FakeController.start(answers);
  try {
    return await body(fake);
  } finally {
    await fake.stop();
  }
}
