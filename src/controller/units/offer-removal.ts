import type { Model } from '../store/models.ts';
import { forgetOffer, listOffers, type OfferRecord } from '../store/offers.ts';
import { relationsThrough } from '../store/relation-links.ts';
import { relationsOf } from '../store/relations.ts';
import { beginRelationRemoval } from './relation-removal.ts';

/** Takes an offer away, and ends the relations through it in order. Call it inside a transaction. */
export function endOffer({ uuid, model, application }: OfferRecord): void {
  const ids = relationsThrough(model, uuid);
  for (const view of relationsOf(model, application.id))
    if (ids.includes(view.id)) beginRelationRemoval(model, view, { force: false });
  forgetOffer(model.db, uuid);
}

/** The offers of one application. */
export function offersOf(model: Model, application: number): OfferRecord[] {
  return listOffers(model.db, model).filter((offered) => offered.application.id === application);
}
