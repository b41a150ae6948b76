import { combineLayers } from './combine.ts';
import { emptyPlan, type Layer, type Plan, PlanFormatError } from './types.ts';
import { validatePlan } from './validate.ts';

/** The layers of one daemon and the plan that they make. In memory only: a plan may hold secrets. */
export class PlanStore {
  #layers: readonly Layer[] = [];
  #plan: Plan = emptyPlan;
  readonly #listeners: ((plan: Plan) => void)[] = [];

  get plan(): Plan {
    return this.#plan;
  }

  /** Calls `listener` after every accepted layer, whether or not it changed the plan. */
  onChange(listener: (plan: Plan) => void): void {
    this.#listeners.push(listener);
  }

  /**
   * Adds a layer. With `combine` a layer whose label is known is combined into that one's place. `inner` allows a
   * `dir/sub` label in the middle of the stack. Throws `PlanFormatError`, or `Error` for a missing `inner`; then
   * nothing has changed.
   */
  add(layer: Layer, { combine, inner }: { combine: boolean; inner: boolean }): void {
    const index = this.#layers.findIndex(({ label }) => label === layer.label);
    if (index >= 0 && !combine) throw new PlanFormatError(`layer "${layer.label}" already exists`);
    const layers = index >= 0 ? this.#combinedAt(index, layer) : this.#appended(layer, inner);
    const plan = combineLayers(layers);
    validatePlan(plan);
    this.#layers = layers;
    this.#plan = { services: plan.services, checks: plan.checks, 'log-targets': plan['log-targets'] };
    for (const listener of this.#listeners) listener(this.#plan);
  }

  #combinedAt(index: number, layer: Layer): Layer[] {
    return this.#layers.with(index, combineLayers([this.#layers[index] as Layer, layer]));
  }

  #appended(layer: Layer, inner: boolean): Layer[] {
    const sub = (label: string): string => label.split('/')[0] as string;
    const mate = this.#layers.findLastIndex(({ label }) => sub(label) === sub(layer.label));
    const last = this.#layers.at(-1);
    if (mate < 0) {
      const order = (Math.floor((last?.order ?? 0) / 1000) + 1) * 1000 + (layer.label.includes('/') && last ? 1 : 0);
      return [...this.#layers, { ...layer, order }];
    }
    if (mate !== this.#layers.length - 1 && !inner) {
      throw new Error("cannot insert sub-directory layer without 'inner' attribute set");
    }
    const order = (this.#layers[mate] as Layer).order + 1;
    return this.#layers.toSpliced(mate + 1, 0, { ...layer, order });
  }
}
