import type { LogEntry } from '../../pebble/types.ts';
import type { LogRing } from './log-ring.ts';
import { type Pushed, pushToLoki, renderLokiPush } from './loki.ts';

/** Lines wait this long for others to go with them. */
const flushMs = 1000;
/** As many lines make a push at once; as many are kept for a server that takes none. */
const batchLines = 100;
/** A server that takes none is asked again after this at the latest. */
const longestRetryMs = 30_000;
/** What a supervisor's end waits for a last push. */
const lastPushMs = 2000;

/** A service whose lines go to the target. */
export interface LogSource {
  readonly ring: LogRing;
  readonly labels: Readonly<Record<string, string>>;
}

interface Followed {
  readonly ring: LogRing;
  /** The number of the next line to take. */
  next: number;
  readonly stop: () => void;
}

/**
 * Sends the lines of services to one Loki server: a second after the first of them, or 100 at a time. Lines that wait
 * while a push is under way stay in their rings. A server that takes none loses the oldest lines first, which is said.
 */
export class TargetForwarder {
  readonly #name: string;
  readonly #location: string;
  readonly #userAgent: string;
  readonly #log: (message: string) => void;
  readonly #followed = new Map<string, Followed>();
  /** The sources of the last call; an earlier one that still waits for its push has no say any more. */
  #wanted: ReadonlyMap<string, LogSource> = new Map();
  #labels = new Map<string, Readonly<Record<string, string>>>();
  #buffer: LogEntry[] = [];
  /** Lines taken since the last push. */
  #taken = 0;
  #lost = 0;
  #failures = 0;
  #timer: NodeJS.Timeout | undefined;
  #pushing: Promise<void> | undefined;
  #looking = false;
  readonly #end = new AbortController();

  constructor(options: {
    readonly name: string;
    readonly location: string;
    readonly userAgent: string;
    readonly log: (message: string) => void;
  }) {
    this.#name = options.name;
    this.#location = options.location;
    this.#userAgent = options.userAgent;
    this.#log = options.log;
  }

  /** From now on takes the lines of these services, by name, from the oldest that their rings still have. */
  setSources(sources: ReadonlyMap<string, LogSource>): void {
    // What was taken already goes out under the labels that it was taken with.
    const send = this.#buffer.length > 0 ? this.#push() : Promise.resolve();
    for (const { stop } of this.#followed.values()) stop();
    this.#followed.clear();
    this.#wanted = sources;
    void send.then(() => {
      if (this.#end.signal.aborted || this.#wanted !== sources) return;
      this.#labels = new Map([...sources].map(([name, { labels }]) => [name, labels]));
      for (const [name, { ring }] of sources) {
        const stop = ring.follow(() => this.#look());
        this.#followed.set(name, { ring, next: ring.first, stop });
      }
      this.#take();
    });
  }

  /** Sends what is left, if the server takes it soon. */
  async close(): Promise<void> {
    for (const { stop } of this.#followed.values()) stop();
    const timer = setTimeout(() => this.#end.abort(), lastPushMs);
    do {
      await this.#pushing;
      this.#take();
      await this.#push();
    } while ((this.#pushing || this.#buffer.length > 0) && this.#failures === 0 && !this.#end.signal.aborted);
    clearTimeout(timer);
    this.#end.abort();
    clearTimeout(this.#timer);
    this.#followed.clear();
  }

  /** Lines come in bursts: they are taken once for all that came in the same turn. */
  #look(): void {
    if (this.#looking) return;
    this.#looking = true;
    setImmediate(() => {
      this.#looking = false;
      this.#take();
    });
  }

  #take(): void {
    if (this.#pushing || this.#end.signal.aborted) return;
    for (const followed of this.#followed.values()) {
      const room = batchLines - this.#taken;
      if (room <= 0) break;
      const entries = followed.ring.from(followed.next).slice(0, room);
      // Lines that the ring has dropped meanwhile, while a push was under way.
      this.#lost += Math.max(0, followed.ring.first - followed.next);
      followed.next = Math.max(followed.next, followed.ring.first) + entries.length;
      this.#buffer.push(...entries);
      this.#taken += entries.length;
    }
    if (this.#buffer.length > batchLines) {
      this.#lost += this.#buffer.length - batchLines;
      this.#buffer = this.#buffer.slice(-batchLines);
    }
    if (this.#taken >= batchLines && this.#failures === 0) void this.#push();
    else if (this.#buffer.length > 0) this.#timer ??= setTimeout(() => void this.#push(), this.#delayMs());
  }

  #delayMs(): number {
    return this.#failures === 0 ? flushMs : Math.min(flushMs * 2 ** (this.#failures - 1), longestRetryMs);
  }

  #push(): Promise<void> {
    this.#pushing ??= this.#pushOnce().finally(() => {
      this.#pushing = undefined;
      this.#take();
    });
    return this.#pushing;
  }

  async #pushOnce(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#taken = 0;
    if (this.#buffer.length === 0) return;
    const body = renderLokiPush(this.#buffer, this.#labels);
    const pushed = await pushToLoki(this.#location, body, {
      userAgent: this.#userAgent,
      signal: this.#end.signal,
    });
    this.#tell(pushed);
    if (pushed.outcome !== 'keep') this.#buffer = [];
    this.#failures = pushed.outcome === 'keep' ? this.#failures + 1 : 0;
  }

  #tell(pushed: Pushed): void {
    if (pushed.outcome !== 'sent') {
      this.#log(`Cannot flush logs to target ${JSON.stringify(this.#name)}: ${pushed.why}`);
      if (pushed.outcome === 'drop') this.#lost += this.#buffer.length;
    }
    if (this.#lost === 0 || pushed.outcome === 'keep') return;
    this.#log(`Log target ${JSON.stringify(this.#name)}: ${this.#lost} lines were dropped`);
    this.#lost = 0;
  }
}
