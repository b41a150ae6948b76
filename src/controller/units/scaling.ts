import type { Context } from '../context.ts';
import type { Paths } from '../paths.ts';
import { readApplication } from '../store/applications.ts';
import type { Model } from '../store/models.ts';
import { listUnits } from '../store/units.ts';
import { addUnits } from './add-units.ts';

/**
 * Adds units until there are as many as are wanted. A unit that is leaving keeps its number until it has gone, so that
 * the one that takes its place may come later. Call it inside a transaction.
 */
export function fillScale(model: Model, paths: Paths, id: number): void {
  const application = readApplication(model, id);
  const missing = application.scale - listUnits(model, id).length;
  if (missing > 0 && application.life === 'alive') addUnits(model, paths, application, missing);
}

/** Adds the units that had to wait for others to go, whenever one has gone. */
export class Scaling {
  readonly #context: Context;
  readonly #onChange = (): void => this.#fill();

  constructor(context: Context) {
    this.#context = context;
  }

  start(): void {
    this.#context.model.db.on('changed', this.#onChange);
    this.#fill();
  }

  close(): void {
    this.#context.model.db.off('changed', this.#onChange);
  }

  #fill(): void {
    const { model, paths } = this.#context;
    const short = model.db.all<{ id: number }>(
      `SELECT id FROM applications WHERE model = ? AND life = 'alive'
         AND scale > (SELECT count(*) FROM units WHERE application = applications.id)`,
      model.uuid,
    );
    if (short.length > 0)
      model.db.transact(() => {
        for (const { id } of short) fillScale(model, paths, id);
      });
  }
}
