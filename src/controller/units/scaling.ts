import type { Shared } from '../context.ts';
import type { Paths } from '../paths.ts';
import { readApplication } from '../store/applications.ts';
import { listModels, type Model } from '../store/models.ts';
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
  readonly #shared: Shared;
  readonly #onChange = (): void => this.#fill();

  constructor(shared: Shared) {
    this.#shared = shared;
  }

  start(): void {
    this.#shared.db.on('changed', this.#onChange);
    this.#fill();
  }

  close(): void {
    this.#shared.db.off('changed', this.#onChange);
  }

  #fill(): void {
    const { db, paths } = this.#shared;
    const short = db.all<{ id: number; model: string }>(
      `SELECT id, model FROM applications WHERE life = 'alive'
         AND scale > (SELECT count(*) FROM units WHERE application = applications.id)`,
    );
    if (short.length === 0) return;
    const models = new Map(listModels(db).map((model) => [model.uuid, model]));
    db.transact(() => {
      for (const { id, model } of short) fillScale(models.get(model)!, paths, id);
    });
  }
}
