import { closeSync, constants, openSync, readFileSync, unlinkSync, writeSync } from 'node:fs';
import { chmod, mkdir, readdir, rm } from 'node:fs/promises';
import { Socket } from 'node:net';
import { join } from 'node:path';
import type { FifoAnswer, FifoCall } from './call.ts';
import { parseCall, renderAnswer } from './encoding.ts';
import { makePipes, openPipe } from './pipe.ts';
import { openReplyPipes } from './reply-pipes.ts';

export interface FifoServer {
  /** Ends the service: clients that wait are told that nobody answers, and the named pipes are removed. */
  close(): Promise<void>;
}

/** What fits into an empty pipe for certain. */
const pipeBytes = 32_768;

/**
 * Answers the clients made by `writeFifoClient` for the same directory. `dir` belongs to the server alone: it is made
 * with mode 0700 when it is missing, and what an earlier server left in it is removed. `handle` is called for every
 * call as it arrives, also while others are being answered; when it rejects, the client prints
 * `ERROR internal error: …` and exits with 1.
 *
 * The files of the directory: `c`, the named pipe that brings the numbers of calls (or `?`); `r.N`, a reply pipe that is free to
 * be claimed; `q.N`, the call of the client that claimed it (`q.N.in`: its standard input); `w`, see `openReplyPipes`.
 */
export async function serveFifo(options: {
  readonly dir: string;
  readonly handle: (call: FifoCall) => Promise<FifoAnswer>;
}): Promise<FifoServer> {
  const { dir, handle } = options;
  await mkdir(dir, { recursive: true, mode: 0o700 });
  await chmod(dir, 0o700);
  await empty(dir);
  await makePipes([join(dir, 'c')]);
  const calls = new Socket({ fd: openPipe(join(dir, 'c')), readable: true, writable: false });
  const replies = await openReplyPipes(dir);
  let partial = '';
  calls.setEncoding('latin1');
  calls.on('error', () => undefined);
  calls.on('data', (text: string) => {
    const numbers = (partial + text).split('\n');
    partial = numbers.pop() ?? '';
    for (const number of numbers) {
      if (number === '?') {
        replies.want();
      } else {
        void answer(number);
      }
    }
  });

  async function answer(number: string): Promise<void> {
    const fd = replies.take(number);
    if (fd === undefined) {
      return;
    }
    const request = join(dir, `q.${number}`);
    const reply = join(dir, `r.${number}`);
    send({ fd, reply, answer: await handleRecord(request, handle) });
    tryUnlink(reply);
    tryUnlink(request);
  }

  return {
    async close() {
      const ended = new Promise((resolve) => calls.once('close', resolve));
      calls.destroy();
      await ended;
      await replies.close();
      await empty(dir);
    },
  };
}

async function handleRecord(request: string, handle: (call: FifoCall) => Promise<FifoAnswer>): Promise<FifoAnswer> {
  try {
    const parsed = parseCall(readFileSync(request));
    if (!parsed) {
      return { exitCode: 1, stdout: '', stderr: 'ERROR bad request: the call is cut off\n' };
    }
    const { hasStdin, ...call } = parsed;
    const stdin = hasStdin ? readFileSync(`${request}.in`, 'utf8') : null;
    return await handle({ ...call, stdin });
  } catch (error) {
    return { exitCode: 1, stdout: '', stderr: `ERROR internal error: ${(error as Error).message}\n` };
  } finally {
    tryUnlink(`${request}.in`);
  }
}

/** Puts the answer into the reply pipe and closes it. */
function send({ fd, reply, answer }: { fd: number; reply: string; answer: FifoAnswer }): void {
  const { line, rest } = renderAnswer(answer);
  try {
    const head = Buffer.from(line);
    if (rest === null && head.length <= pipeBytes) {
      writeSync(fd, head);
      return;
    }
    // Held for writing alone from here on, so that a client that dies half-way breaks the pipe.
    const out = new Socket({
      fd: openSync(reply, constants.O_WRONLY | constants.O_NONBLOCK),
      readable: false,
      writable: true,
    });
    out.on('error', () => out.destroy());
    out.write(head);
    out.end(rest ?? '');
  } catch {
    // The pipe is gone from the directory: there is nobody left to tell.
  } finally {
    closeSync(fd);
  }
}

function tryUnlink(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // Removed already, or never written.
  }
}

async function empty(dir: string): Promise<void> {
  await Promise.all((await readdir(dir)).map((name) => rm(join(dir, name), { recursive: true, force: true })));
}
