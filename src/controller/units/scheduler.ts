import { availableParallelism } from 'node:os';
import { type Context, contextOf, type Shared } from '../context.ts';
import { modelOfUnit } from '../store/models.ts';
import type { Hosting } from './hosting.ts';
import type { Performer } from './perform.ts';
import { type Doing, pickWork } from './pick-work.ts';
import { restIdleUnits } from './rest.ts';

/** A dispatch that takes longer mostly waits, perhaps for what another unit does: it no longer keeps others from theirs. */
const slotMs = 3000;

/**
 * Gives every unit its next piece of work: one at a time for a unit, and at once as many as the machine has cores, those
 * left out that have run for `slotMs`. It looks again after each committed change and when a retry is due; nothing ticks
 * in between.
 */
export class Scheduler {
  readonly #shared: Shared;
  readonly #hosting: Hosting;
  readonly #performer: Performer;
  readonly #slots: number;
  readonly #busy = new Map<number, { readonly abort: AbortController; readonly done: Promise<void> }>();
  /** How many slots are taken: by dispatches, for `slotMs` each. */
  #dispatching = 0;
  /** Unit -> the turn at which its last dispatch ended, of those that have more to do. */
  #lastTurns = new Map<number, number>();
  #turn = 0;
  readonly #onChange = (): void => this.look();
  #looking = false;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(shared: Shared, parts: { readonly hosting: Hosting; readonly performer: Performer }) {
    this.#shared = shared;
    this.#hosting = parts.hosting;
    this.#performer = parts.performer;
    this.#slots = Math.max(1, availableParallelism());
  }

  start(): void {
    this.#shared.db.on('changed', this.#onChange);
    this.look();
  }

  /** Looks for work soon; many calls in one turn make one look. */
  look(): void {
    if (this.#looking || this.#closed) return;
    this.#looking = true;
    setImmediate(() => {
      this.#looking = false;
      if (this.#closed) return;
      try {
        this.#fill();
      } catch (error) {
        this.#shared.log.error({ err: error }, 'cannot look for work; trying again in a second');
        this.#timer = setTimeout(() => this.look(), 1000);
      }
    });
  }

  /** Cuts the unit's present work short. Resolves when it has ended. */
  async interrupt(unit: number): Promise<void> {
    const busy = this.#busy.get(unit);
    busy?.abort.abort();
    await busy?.done;
  }

  /** Cuts all work short; what was begun stays in the queue. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#shared.db.off('changed', this.#onChange);
    await Promise.all([...this.#busy.keys()].map((unit) => this.interrupt(unit)));
  }

  #fill(): void {
    clearTimeout(this.#timer);
    const { db } = this.#shared;
    let nextDue = Number.POSITIVE_INFINITY;
    for (const unit of this.#inTurn()) {
      if (this.#busy.has(unit)) continue;
      const model = modelOfUnit(db, unit);
      if (!model) continue;
      const work = pickWork(model, unit, Date.now());
      if (work.do === 'wait') nextDue = Math.min(nextDue, work.until);
      else if (work.do === 'nothing') continue;
      else if (!this.#hosting.isReady(unit))
        this.#begin(unit, (signal) => this.#prepare(contextOf(this.#shared, model), unit, work, signal));
      else if (this.#dispatching < this.#slots)
        this.#begin(unit, (signal) => this.#dispatch(contextOf(this.#shared, model), unit, work, signal));
    }
    restIdleUnits(db, new Set(this.#busy.keys()));
    if (Number.isFinite(nextDue))
      this.#timer = setTimeout(() => this.look(), Math.max(1, Math.min(nextDue - Date.now(), 2 ** 31 - 1)));
  }

  /** The units with something to do. Those with a task first; then by turns, so that one with a long queue starves nobody. */
  #inTurn(): number[] {
    const rows = this.#shared.db.all<{ unit: number; oldest: number }>(
      `SELECT unit, min(oldest) AS oldest FROM (
         SELECT unit, id AS oldest FROM events WHERE state <> 'running'
         UNION ALL SELECT unit, 0 FROM tasks WHERE status = 'pending' AND unit IS NOT NULL)
       GROUP BY unit ORDER BY oldest`,
    );
    this.#lastTurns = new Map(rows.map(({ unit }) => [unit, this.#lastTurns.get(unit) ?? 0]));
    const place = ({ unit, oldest }: (typeof rows)[number]) => (oldest === 0 ? -1 : this.#lastTurns.get(unit)!);
    return rows.sort((a, b) => place(a) - place(b)).map(({ unit }) => unit);
  }

  #begin(unit: number, body: (signal: AbortSignal) => Promise<void>): void {
    const abort = new AbortController();
    const done = body(abort.signal)
      .catch((error: unknown) =>
        this.#shared.log.error({ unit, err: error }, 'internal error: a piece of work ended badly'),
      )
      .finally(() => {
        this.#busy.delete(unit);
        this.look();
      });
    this.#busy.set(unit, { abort, done });
  }

  async #prepare(context: Context, unit: number, work: Doing, signal: AbortSignal): Promise<void> {
    try {
      await this.#hosting.prepare(unit, signal);
    } catch (error) {
      if (!signal.aborted) this.#performer.unprepared(context, work, error);
    }
  }

  async #dispatch(context: Context, unit: number, work: Doing, signal: AbortSignal): Promise<void> {
    this.#dispatching += 1;
    let hasSlot = true;
    const leaveSlot = (): void => {
      if (hasSlot) this.#dispatching -= 1;
      hasSlot = false;
    };
    const timer = setTimeout(() => {
      leaveSlot();
      this.look();
    }, slotMs);
    try {
      await this.#performer.perform(context, work, signal);
    } finally {
      clearTimeout(timer);
      leaveSlot();
      this.#turn += 1;
      this.#lastTurns.set(unit, this.#turn);
    }
  }
}
