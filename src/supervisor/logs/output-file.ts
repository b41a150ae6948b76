import { execFile } from 'node:child_process';
import { closeSync, constants, type FSWatcher, fstatSync, ftruncateSync, openSync, readSync, watch } from 'node:fs';
import { LineSplitter } from './line-splitter.ts';
import type { LogRing } from './log-ring.ts';

/** Kept on disk behind what was read, for the next supervisor to begin its ring with. */
const keptBytes = 128 * 1024;
/** Read at once, before others have their turn. */
const turnBytes = 256 * 1024;
/** By so much of what was read last is seen whether the file is still the one that it was. */
const tailBytes = 64;
/** Disk space is given back in pieces of at least this size. */
const pieceBytes = 1024 * 1024;

/**
 * The file that a service writes its output to, opened for appending, 0600; and the tail that reads it into the ring.
 * A file and not a pipe, because a service must survive the death of its supervisor, and because a program that opens
 * `/dev/stdout` must be able to; one that does so as in `echo … > /dev/stdout` empties the file, whereupon it is read
 * from its beginning. Its size on disk is bounded by punching holes into what was read; its length grows.
 */
export class OutputFile {
  readonly #file: string;
  readonly #ring: LogRing;
  readonly #fd: number;
  readonly #watcher: FSWatcher;
  readonly #splitter = new LineSplitter();
  readonly #buffer = Buffer.alloc(64 * 1024);
  #offset = 0;
  /** What stands in the file just before `#offset`. */
  #tail = Buffer.alloc(0);
  #released = 0;
  #releasing = false;
  #reading = false;
  #closed = false;
  #canPunch = true;

  /** `keep`: begin with the newest output that is in the file already, for an adopted service; else with an empty file. */
  constructor(file: string, ring: LogRing, { keep }: { readonly keep: boolean }) {
    this.#file = file;
    this.#ring = ring;
    // Holes are punched through this descriptor, hence writable; nothing is ever written by it.
    this.#fd = openSync(file, constants.O_RDWR | constants.O_CREAT | constants.O_APPEND, 0o600);
    if (keep) this.#skipOld();
    else ftruncateSync(this.#fd, 0);
    this.#watcher = watch(file, { persistent: false }, () => this.#readOn());
    this.#watcher.on('error', () => undefined);
    this.drain();
  }

  /** A new descriptor for a service's stdout and stderr. */
  openForService(): number {
    return openSync(this.#file, constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND, 0o600);
  }

  /** Reads all that is there. `ended`: nobody will finish the last line. */
  drain({ ended = false }: { ended?: boolean } = {}): void {
    this.#read(Number.POSITIVE_INFINITY);
    if (ended) this.#ring.add(this.#splitter.flush());
  }

  /** Reads a bounded piece, so that a service that talks without end leaves room for everything else. */
  #readOn(): void {
    if (this.#reading || this.#closed) return;
    if (this.#read(turnBytes)) return;
    this.#reading = true;
    setImmediate(() => {
      this.#reading = false;
      this.#readOn();
    });
  }

  /** Answers whether the end was reached. */
  #read(mostBytes: number): boolean {
    if (this.#wasEmptied()) this.#startAgain();
    let left = mostBytes;
    while (left > 0) {
      const count = readSync(this.#fd, this.#buffer, 0, this.#buffer.length, this.#offset);
      if (count === 0) break;
      left -= count;
      this.#offset += count;
      const chunk = this.#buffer.subarray(0, count);
      this.#ring.add(this.#splitter.push(chunk));
      this.#tail = Buffer.concat([this.#tail, chunk.subarray(-tailBytes)]).subarray(-tailBytes);
    }
    this.#release();
    return left > 0;
  }

  close(): void {
    this.#watcher.close();
    this.drain({ ended: true });
    this.#closed = true;
    closeSync(this.#fd);
  }

  #skipOld(): void {
    const size = fstatSync(this.#fd).size;
    this.#offset = Math.max(0, size - keptBytes);
    this.#released = this.#offset;
    if (this.#offset === 0) return;
    // Begin with a whole line, and not inside of the hole.
    const count = readSync(this.#fd, this.#buffer, 0, this.#buffer.length, this.#offset);
    const end = this.#buffer.subarray(0, count).indexOf(10);
    if (end >= 0) this.#offset += end + 1;
  }

  #release(): void {
    const end = this.#offset - keptBytes;
    if (this.#releasing || end - this.#released < pieceBytes) return;
    if (!this.#canPunch) {
      this.#truncate();
      return;
    }
    this.#releasing = true;
    const range = ['--punch-hole', '--offset', '0', '--length', String(end)];
    execFile('fallocate', [...range, this.#file], (error) => {
      this.#releasing = false;
      if (this.#closed) return;
      if (error) this.#canPunch = false;
      else this.#released = end;
      this.#release();
    });
  }

  /** The other way, for file systems without holes. What is written between the last read and this is lost. */
  #truncate(): void {
    ftruncateSync(this.#fd, 0);
    this.#offset = 0;
    this.#released = 0;
    this.#tail = Buffer.alloc(0);
  }

  /** Does something else stand where was read last? The file may have grown to its old length again. */
  #wasEmptied(): boolean {
    const { length } = this.#tail;
    const now = Buffer.alloc(length);
    return (
      length > 0 && !(readSync(this.#fd, now, 0, length, this.#offset - length) === length && now.equals(this.#tail))
    );
  }

  #startAgain(): void {
    this.#ring.add(this.#splitter.flush());
    this.#offset = 0;
    this.#released = 0;
    this.#tail = Buffer.alloc(0);
  }
}
