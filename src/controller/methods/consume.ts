import type { Methods } from '../api.ts';
import type { Context } from '../context.ts';
import { UserError } from '../errors.ts';
import { needOfferUrl } from '../offer-url.ts';
import { findApplication } from '../store/applications.ts';
import { type OfferRecord, offerByUuid } from '../store/offers.ts';
import { findSaas, markSaasDying, putSaas, relationsOfSaas, type SaasRecord } from '../store/saas.ts';
import { beginRelationRemoval } from '../units/relation-removal.ts';
import { needRelation } from './find.ts';
import { needOffer } from './offers.ts';

/** Adds what another model offers to this one. What is there already under that name is brought up to date. */
export function consume(context: Context, params: Methods['consume']['params']): Methods['consume']['result'] {
  return context.db.transact(() => {
    if (needOfferUrl(params.url).endpoint !== '')
      throw new UserError(`saas offer "${params.url}" shouldn't include endpoint`);
    const found = needOffer(context, params.url);
    return { url: found.url, name: addSaas(context, found, params.alias ?? found.name).name };
  });
}

/** Refuses a name that something else has, in Juju's words. Call it inside a transaction. */
export function addSaas({ model, db }: Context, offered: OfferRecord, name: string): SaasRecord {
  const refuse = (why: string): never => {
    throw new UserError(`could not consume ${offered.url}: ${why}`);
  };
  if (offered.model.uuid === model.uuid)
    refuse(
      `it is an offer of this model (relate its application: charmlet integrate APPLICATION ${offered.application.name})`,
    );
  if (findApplication(model, name))
    refuse(
      `cannot add saas application "${name}": local application with same name already exists (consume it under another name: charmlet consume ${offered.url} NAME)`,
    );
  const present = findSaas(model, name);
  if (present?.life === 'dying') refuse(`saas application called "${name}" exists but is terminating`);
  if (present && present.offer !== offered.uuid) {
    const other = offerByUuid(db, present.offer);
    // An offer that was made anew takes the place of the one that has gone.
    if (other) refuse(`saas application called "${name}" from a different offer already exists (it is ${present.url})`);
  }
  return putSaas(model, { name, offer: offered.uuid, url: offered.url, endpoints: offered.endpoints });
}

/** Each by itself: one that is not there keeps none of the others. */
export function removeSaas(context: Context, params: Methods['removeSaas']['params']): Methods['removeSaas']['result'] {
  const { model, db } = context;
  const failed = params.names.flatMap((name) => {
    const saas = findSaas(model, name);
    if (!saas) return [{ name, why: `saas application "${name}" not found` }];
    db.transact(() => {
      for (const id of relationsOfSaas(model, saas.id))
        beginRelationRemoval(model, needRelation(model, id), { force: params.force });
      markSaasDying(model, saas.id);
    });
    return [];
  });
  return { failed };
}
