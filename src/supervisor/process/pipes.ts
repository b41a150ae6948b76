import { constants, mkdirSync, openSync, rmSync, unlinkSync } from 'node:fs';
import { Socket } from 'node:net';
import { join } from 'node:path';
import { makePipes } from '../../fifo/pipe.ts';

/** One call of `mkfifo` makes so many. */
const batch = 12;

/** What is written into `fd`, which is for a process to inherit and to be closed here after its start, comes out of `stream`. */
export interface Pipe {
  readonly stream: Socket;
  readonly fd: number;
}

/**
 * Pipes for the output of what runs. Those that Node makes are sockets, and a program that opens `/dev/stdout` or
 * `/dev/stderr` by name, as `echo … > /dev/stderr` does, is refused a socket. These are named pipes whose names are
 * taken away as soon as both ends are open. For input they are of no use: who opens `/dev/stdin` by name when all has
 * been written already would wait for another writer for ever.
 */
export class Pipes {
  readonly #dir: string;
  readonly #free: string[] = [];
  #made = 0;
  #making: Promise<void> | undefined;

  /** `dir` belongs to the pipes alone. */
  constructor(dir: string) {
    this.#dir = dir;
  }

  async open(): Promise<Pipe> {
    const path = await this.#take();
    const ours = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const fd = openSync(path, constants.O_WRONLY);
    unlinkSync(path);
    return { stream: new Socket({ fd: ours, readable: true, writable: false }), fd };
  }

  async #take(): Promise<string> {
    for (;;) {
      const path = this.#free.pop();
      if (path !== undefined) return path;
      this.#making ??= this.#make().finally(() => {
        this.#making = undefined;
      });
      await this.#making;
    }
  }

  async #make(): Promise<void> {
    if (this.#made === 0) {
      // What a supervisor left that was killed.
      rmSync(this.#dir, { recursive: true, force: true });
      mkdirSync(this.#dir, { recursive: true, mode: 0o700 });
    }
    const paths = Array.from({ length: batch }, () => join(this.#dir, `p.${this.#made++}`));
    await makePipes(paths);
    this.#free.push(...paths);
  }
}
