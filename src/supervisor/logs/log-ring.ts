import type { LogEntry } from '../../pebble/types.ts';

/** What a service may leave in memory, with time and name of each line, as in Pebble. */
const ringBytes = 100 * 1024;
/** `2026-11-21T06:49:18.429Z [] ` and the end of the line. */
const overheadBytes = 29;

/** The newest lines of one service's output. */
export class LogRing {
  readonly #service: string;
  #entries: LogEntry[] = [];
  #bytes = 0;
  /** How many lines were dropped so far: the number of the oldest one that is kept. */
  #dropped = 0;
  readonly #followers = new Set<() => void>();

  constructor(service: string) {
    this.#service = service;
  }

  /** Adds lines that were read at the same moment. */
  add(lines: readonly string[]): void {
    if (lines.length === 0) return;
    const time = new Date().toISOString();
    const entries = lines.map((message) => ({ time, service: this.#service, message }));
    this.#entries.push(...entries);
    for (const entry of entries) this.#bytes += this.#size(entry);
    let dropped = 0;
    while (this.#bytes > ringBytes && dropped < this.#entries.length - 1) {
      this.#bytes -= this.#size(this.#entries[dropped] as LogEntry);
      dropped += 1;
    }
    if (dropped > 0) this.#entries = this.#entries.slice(dropped);
    this.#dropped += dropped;
    for (const tell of [...this.#followers]) tell();
  }

  /** The newest `n` lines, oldest first; all for -1. */
  last(n: number): readonly LogEntry[] {
    if (n === 0) return [];
    return n < 0 ? this.#entries : this.#entries.slice(-n);
  }

  /** The number of the oldest line that is kept. */
  get first(): number {
    return this.#dropped;
  }

  /** The number that the next line will have. */
  get next(): number {
    return this.#dropped + this.#entries.length;
  }

  /** The lines from this number on, as far as they are still kept. */
  from(number: number): readonly LogEntry[] {
    return this.#entries.slice(Math.max(0, number - this.#dropped));
  }

  /** Calls `tell` whenever there are new lines. Answers the way to end that. */
  follow(tell: () => void): () => void {
    this.#followers.add(tell);
    return () => this.#followers.delete(tell);
  }

  #size(entry: LogEntry): number {
    return Buffer.byteLength(entry.message) + this.#service.length + overheadBytes;
  }
}

/** Lines of several services in the order of their times. */
export function mergedByTime(lists: readonly (readonly LogEntry[])[]): LogEntry[] {
  // Sorting is stable: lines of one service stay in their order.
  return lists.flat().sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0));
}
