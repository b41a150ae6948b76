import { type Model, modelInFocus } from '../store/models.ts';
import { failedEvent } from '../store/queue.ts';
import type { UnitRecord } from '../store/units.ts';

/** What keeps a unit from doing what it was told, and the command that gets it going again; undefined when nothing does. */
export interface InError {
  /** `unit app/0 is in error (hook failed: "start")`. */
  readonly said: string;
  /** `charmlet resolved app/0`, with the model where it is not the one in focus. */
  readonly wayOut: string;
}

export function inError(model: Model, unit: Pick<UnitRecord, 'id' | 'name'>): InError | undefined {
  const failed = failedEvent(model, unit.id);
  if (!failed) return undefined;
  const named = modelInFocus(model.db)?.uuid === model.uuid ? '' : `-m ${model.name} `;
  return {
    said: `unit ${unit.name} is in error (${failed.reason})`,
    wayOut: `charmlet resolved ${named}${unit.name}`,
  };
}

/** A line for each unit that stays because it is in error. `force`: the option that does not ask it. */
export function staying(model: Model, units: readonly UnitRecord[], force: string): string[] {
  return units.flatMap((unit) => {
    const error = inError(model, unit);
    return error ? [`${error.said} and stays until that is resolved (${error.wayOut}), or use ${force}`] : [];
  });
}
