import { parseGoDuration } from '../config/model-options.ts';
import type { Context } from '../context.ts';
import { readModelConfig } from '../store/models.ts';
import { queueEvent, ranks } from '../store/queue.ts';
import { listUnits } from '../store/units.ts';

/** Queues update-status for started units every `update-status-hook-interval`, with a fifth more or less by chance, as Juju does. */
export class UpdateStatus {
  readonly #context: Context;
  #timer: NodeJS.Timeout | undefined;
  #interval = 0;
  readonly #onChange = (): void => this.#reconsider();

  constructor(context: Context) {
    this.#context = context;
  }

  start(): void {
    this.#context.model.db.on('changed', this.#onChange);
    this.#reconsider();
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#context.model.db.off('changed', this.#onChange);
  }

  /** Another interval begins anew; a change of anything else leaves the timer alone. */
  #reconsider(): void {
    const interval =
      parseGoDuration(String(readModelConfig(this.#context.model)['update-status-hook-interval'])) ?? 300_000;
    if (interval === this.#interval) return;
    this.#interval = interval;
    this.#again();
  }

  #again(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#fire(), this.#interval * (0.8 + Math.random() * 0.4));
  }

  #fire(): void {
    const { model } = this.#context;
    model.db.transact(() => {
      for (const unit of listUnits(model)) {
        if (unit.started && unit.life === 'alive')
          queueEvent(model, unit.id, ranks.updateStatus, { hook: 'update-status' });
      }
    });
    this.#again();
  }
}
