import type { ApplicationRecord } from '../store/applications.ts';
import type { Model } from '../store/models.ts';
import { relationsOf } from '../store/relations.ts';
import { listUnits } from '../store/units.ts';
import { endApplication } from './forget.ts';
import { endOffer, offersOf } from './offer-removal.ts';
import { beginRelationRemoval } from './relation-removal.ts';
import { beginUnitRemoval } from './removal.ts';

/**
 * Takes an application down: its offers, its units in order, and its relations on the other side too. It is gone when all are done.
 * `force` is for its own units; those of other applications are told in any case. Call it inside a transaction.
 */
export function beginApplicationRemoval(
  model: Model,
  { id }: ApplicationRecord,
  options: { readonly force: boolean },
): void {
  model.db.run("UPDATE applications SET life = 'dying' WHERE id = ?", id);
  for (const offered of offersOf(model, id)) endOffer(offered);
  const relations = relationsOf(model, id).filter((view) => view.own.role !== 'peer');
  for (const unit of listUnits(model, id)) beginUnitRemoval(model, unit, options);
  for (const view of relations) beginRelationRemoval(model, view, { force: false });
  endApplication(model, id);
}
