import { parseGoDuration } from '../config/model-options.ts';
import type { Shared } from '../context.ts';
import { listModels, type Model, readModelConfig } from '../store/models.ts';
import { queueEvent, ranks } from '../store/queue.ts';
import { listUnits } from '../store/units.ts';

/**
 * Queues update-status for started units every `update-status-hook-interval` of their model, with a fifth more or less by
 * chance, as Juju does.
 */
export class UpdateStatus {
  readonly #shared: Shared;
  /** By the model's uuid. */
  readonly #clocks = new Map<string, { readonly interval: number; timer: NodeJS.Timeout }>();
  readonly #onChange = (): void => this.#reconsider();

  constructor(shared: Shared) {
    this.#shared = shared;
  }

  start(): void {
    this.#shared.db.on('changed', this.#onChange);
    this.#reconsider();
  }

  close(): void {
    for (const uuid of [...this.#clocks.keys()]) this.#stop(uuid);
    this.#shared.db.off('changed', this.#onChange);
  }

  /** Another interval begins anew; a change of anything else leaves the timers alone. */
  #reconsider(): void {
    const models = listModels(this.#shared.db);
    for (const model of models) {
      const interval = parseGoDuration(String(readModelConfig(model)['update-status-hook-interval'])) ?? 300_000;
      if (interval === this.#clocks.get(model.uuid)?.interval) continue;
      this.#stop(model.uuid);
      this.#clocks.set(model.uuid, { interval, timer: this.#again(model, interval) });
    }
    for (const uuid of [...this.#clocks.keys()]) if (!models.some((model) => model.uuid === uuid)) this.#stop(uuid);
  }

  #stop(uuid: string): void {
    clearTimeout(this.#clocks.get(uuid)?.timer);
    this.#clocks.delete(uuid);
  }

  #again(model: Model, interval: number): NodeJS.Timeout {
    return setTimeout(() => this.#fire(model), interval * (0.8 + Math.random() * 0.4));
  }

  #fire(model: Model): void {
    model.db.transact(() => {
      for (const unit of listUnits(model)) {
        if (unit.started && unit.life === 'alive')
          queueEvent(model, unit.id, ranks.updateStatus, { hook: 'update-status' });
      }
    });
    const clock = this.#clocks.get(model.uuid);
    if (clock) clock.timer = this.#again(model, clock.interval);
  }
}
