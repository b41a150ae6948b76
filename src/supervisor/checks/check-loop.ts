import type { Task } from '../changes/change.ts';
import { type Check, defaultThreshold } from '../plan/types.ts';
import { periodMs } from './run-check.ts';

/** How often a check succeeded, and how often it failed in a row. */
export interface CheckCounts {
  readonly successes: number;
  readonly failures: number;
}

export interface CheckLoopOptions {
  readonly config: Check;
  readonly kind: 'perform-check' | 'recover-check';
  readonly counts: CheckCounts;
  readonly run: (aborted: AbortSignal) => Promise<void>;
  readonly onRun: (counts: CheckCounts, ok: boolean) => void;
}

/** Runs a check once a period, the first time one period after its start, until its change is over. */
export class CheckLoop {
  readonly #options: CheckLoopOptions;
  readonly #threshold: number;
  #counts: CheckCounts;
  #wake: (() => void) | undefined;
  #asked: PromiseWithResolvers<void>[] = [];

  constructor(options: CheckLoopOptions) {
    this.#options = options;
    this.#counts = options.counts;
    this.#threshold = options.config.threshold || defaultThreshold;
  }

  /** Has the check run at once, and begins a new period. Rejects with what it says when it fails. */
  refresh(): Promise<void> {
    const asked = Promise.withResolvers<void>();
    this.#asked.push(asked);
    this.#wake?.();
    return asked.promise;
  }

  /** The task's work: resolves when the check has recovered, rejects when it has reached its threshold. */
  async run(task: Task, aborted: AbortSignal): Promise<void> {
    const period = periodMs(this.#options.config);
    let due = performance.now() + period;
    try {
      for (;;) {
        await this.#wait(due - performance.now(), aborted);
        aborted.throwIfAborted();
        const asked = this.#asked.splice(0);
        due = asked.length > 0 ? performance.now() + period : nextDue(due, period);
        const error = await this.#options.run(aborted).then(
          () => null,
          (problem: Error) => problem,
        );
        aborted.throwIfAborted();
        const over = this.#count(task, error);
        for (const { resolve, reject } of asked) error ? reject(error) : resolve();
        if (over && error) throw error;
        if (over) return;
      }
    } finally {
      for (const { reject } of this.#asked.splice(0)) reject(new Error('check was stopped'));
    }
  }

  /** Counts a run; answers whether the change is over with it. */
  #count(task: Task, error: Error | null): boolean {
    const { kind, onRun } = this.#options;
    const before = this.#counts;
    const failures = error ? before.failures + 1 : 0;
    const recovered = kind === 'recover-check' && !error;
    this.#counts = { successes: recovered ? 1 : before.successes + (error ? 0 : 1), failures };
    onRun(this.#counts, error === null);
    if (kind === 'recover-check') {
      if (error) task.logError(error.message);
      return recovered;
    }
    if (error && failures >= this.#threshold) return true;
    if (error) task.logError(error.message);
    else if (before.failures > 0) {
      task.logInfo(`succeeded after ${before.failures} ${before.failures === 1 ? 'failure' : 'failures'}`);
    }
    return false;
  }

  #wait(ms: number, aborted: AbortSignal): Promise<void> {
    if (this.#asked.length > 0 || aborted.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = (): void => {
        clearTimeout(timer);
        aborted.removeEventListener('abort', wake);
        this.#wake = undefined;
        resolve();
      };
      const timer = setTimeout(wake, Math.max(0, ms));
      this.#wake = wake;
      aborted.addEventListener('abort', wake, { once: true });
    });
  }
}

/** The next beat of the period that is still to come: beats that a slow run missed are left out. */
function nextDue(due: number, period: number): number {
  const now = performance.now();
  return due + period > now ? due + period : due + Math.ceil((now - due) / period) * period;
}
