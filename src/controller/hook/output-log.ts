import { StringDecoder } from 'node:string_decoder';

/** A longer line is cut into pieces of this size. */
const lineChars = 16 * 1024;
/** So much of one stream of one run reaches the log. */
const loggedChars = 4 * 1024 * 1024;
const loggedLines = 20_000;
/** So much of one stream is kept for an action's results, unless more is wanted. */
const usuallyKept = 1024 * 1024;

/**
 * Takes one output stream of a charm: `log` gets it line by line, and its beginning is kept. Memory stays bounded
 * however much comes; what is too much is counted, and said at the end.
 */
export class OutputLog {
  readonly #log: (line: string) => void;
  readonly #decoder = new StringDecoder('utf8');
  readonly #keepBytes: number;
  readonly #kept: Buffer[] = [];
  #keptBytes = 0;
  #logged = 0;
  #lines = 0;
  #dropped = 0;
  #partial = '';

  constructor(log: (line: string) => void, keepBytes = usuallyKept) {
    this.#log = log;
    this.#keepBytes = keepBytes;
  }

  take(chunk: Buffer): void {
    if (this.#keptBytes < this.#keepBytes) {
      // A copy, because a piece would keep the whole chunk alive.
      const piece = Buffer.from(chunk.subarray(0, this.#keepBytes - this.#keptBytes));
      this.#kept.push(piece);
      this.#keptBytes += piece.length;
    }
    if (this.#isFull()) {
      this.#dropped += chunk.length;
      return;
    }
    const lines = (this.#partial + this.#decoder.write(chunk)).split('\n');
    this.#partial = lines.pop() ?? '';
    for (const line of lines) {
      this.#write(line);
    }
    if (this.#partial.length >= lineChars) {
      this.#write(this.#partial);
      this.#partial = '';
    }
  }

  /** Logs what is left; the stream has ended or is given up. */
  end(): void {
    const rest = this.#partial + this.#decoder.end();
    if (rest !== '') {
      this.#write(rest);
    }
    this.#partial = '';
    if (this.#dropped > 0) {
      this.#log(`${this.#dropped} more bytes of output are not logged`);
      this.#dropped = 0;
    }
  }

  /** The beginning of the output, as it came. */
  kept(): Buffer {
    return Buffer.concat(this.#kept);
  }

  #write(line: string): void {
    for (let start = 0; start === 0 || start < line.length; start += lineChars) {
      const piece = line.slice(start, start + lineChars);
      if (this.#isFull()) {
        this.#dropped += Buffer.byteLength(piece) + 1;
        continue;
      }
      this.#log(piece);
      this.#logged += piece.length + 1;
      this.#lines += 1;
    }
  }

  #isFull(): boolean {
    return this.#logged >= loggedChars || this.#lines >= loggedLines;
  }
}
