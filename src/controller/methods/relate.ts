import type { Methods } from '../api.ts';
import type { Context } from '../context.ts';
import { UserError } from '../errors.ts';
import { parseOfferUrl } from '../offer-url.ts';
import { addCrossRelation, type CrossSide } from '../store/cross-relations.ts';
import { type Endpoint, inferEndpoints, inferRelation, relationKey, viewKey } from '../store/endpoints.ts';
import type { Model } from '../store/models.ts';
import { offerByUuid } from '../store/offers.ts';
import { addRelation, membershipAt, type RelationView, relationExists, relationsOf } from '../store/relations.ts';
import { listSaas, type SaasRecord } from '../store/saas.ts';
import { listUnits } from '../store/units.ts';
import { beginRelationRemoval } from '../units/relation-removal.ts';
import { addSaas } from './consume.ts';
import { needRelation } from './find.ts';
import { inError } from './in-error.ts';
import { needOffer } from './offers.ts';

/**
 * Relates two applications, of which one may be what another model offers: by its URL, or as this model knows it already.
 * Everything is checked before anything is written, in Juju's order and words.
 */
export function integrate(context: Context, params: Methods['integrate']['params']): Methods['integrate']['result'] {
  const { model } = context;
  return model.db.transact(() => {
    const texts = params.endpoints.map((text) => consumed(context, text)) as [string, string];
    const pair = inferEndpoints(model, texts);
    const key = relationKey(pair);
    const refuse = (why: string): never => {
      throw new UserError(`cannot add relation "${key}": ${why}`);
    };
    for (const { of } of pair) {
      if (of.kind === 'application' && of.application.life === 'dying') refuse(`application "${of.name}" is not alive`);
      if (of.kind === 'saas' && of.saas.life === 'dying') refuse(`saas application "${of.name}" is not alive`);
    }
    const present = pair
      .flatMap(({ of }) => (of.kind === 'application' ? relationsOf(model, of.application.id) : []))
      .find((view) => viewKey(view) === key);
    if (present?.life === 'dying') refuse(`relation ${key} is dying, but not yet removed`);
    if (present) refuse(`relation ${key} already exists (see charmlet status --relations)`);
    const sides = pair.map((endpoint) => sideOf(context, endpoint, refuse)) as [Side, Side];
    for (const side of sides) refuseBeyondLimit(side, refuse);
    const [far] = sides.filter(({ saas }) => saas);
    const near = sides.find((side) => side !== far)!;
    if (far?.saas) {
      const { id, name, offer } = far.saas;
      addCrossRelation(pair[0].interface, { consumer: near, offering: far }, { offer, saas: { id, name } });
    } else addRelation(model, pair[0].interface, sides);
    return { messages: [] };
  });
}

/** An offer's URL becomes the name under which this model knows it; it is consumed if it was not yet, as Juju does. */
function consumed(context: Context, text: string): string {
  const url = parseOfferUrl(text);
  if (!url) return text;
  const offered = needOffer(context, text);
  const isOwn = offered.model.uuid === context.model.uuid;
  const { name } = isOwn ? offered.application : addSaas(context, offered, url.name);
  return url.endpoint === '' ? name : `${name}:${url.endpoint}`;
}

/** An offer's URL becomes the name of what this model consumes by it. */
function known(model: Model, text: string): string {
  const url = parseOfferUrl(text);
  const saas = url && listSaas(model).find((each) => each.url === `${url.owner}/${url.model}.${url.name}`);
  if (!saas) return text;
  return url.endpoint === '' ? saas.name : `${saas.name}:${url.endpoint}`;
}

/** An end of a relation in the model where its application lives. */
interface Side extends CrossSide {
  readonly limit: number | null;
  readonly applicationName: string;
  readonly saas?: SaasRecord;
}

function sideOf({ model, db }: Context, end: Endpoint, refuse: (why: string) => never): Side {
  const { of, name: endpoint, role, limit } = end;
  if (of.kind === 'application')
    return { model, application: of.application.id, endpoint, role, limit, applicationName: of.name };
  const offered = offerByUuid(db, of.saas.offer);
  if (!offered) return refuse(`offer "${of.saas.url}" has been removed (charmlet remove-saas ${of.name})`);
  if (!Object.hasOwn(offered.endpoints, endpoint))
    return refuse(`offer "${of.saas.url}" has no endpoint "${endpoint}" any more`);
  const { id, life, name } = offered.application;
  if (life === 'dying') return refuse(`application "${name}" is not alive`);
  return { model: offered.model, application: id, endpoint, role, limit, applicationName: name, saas: of.saas };
}

function refuseBeyondLimit(side: Side, refuse: (why: string) => never): void {
  const { model, application, endpoint, limit, applicationName } = side;
  const present = relationsOf(model, application).filter((view) => view.own.endpoint === endpoint);
  if (limit === null || limit === 0 || present.length < limit) return;
  const others = present.map((view) => view.remote.name).join(', ');
  refuse(
    `establishing a new relation for ${applicationName}:${endpoint} would exceed its maximum relation limit of ${limit} (it is related to ${others})`,
  );
}

/** Ends a relation, given by its endpoints or its id. The hooks run after the answer. */
export function removeRelation(
  context: Context,
  params: Methods['removeRelation']['params'],
): Methods['removeRelation']['result'] {
  const { model } = context;
  return model.db.transact(() => {
    const view =
      'id' in params
        ? needRelation(model, params.id)
        : inferRelation(model, [known(model, params.endpoints[0]), known(model, params.endpoints[1])]);
    beginRelationRemoval(model, view, { force: params.force });
    return { messages: heldUp(model, view) };
  });
}

/** Which living units keep a dying relation, because they are in error and are told nothing. */
export function heldUp(model: Model, view: RelationView): string[] {
  if (!relationExists(model, view.id)) return [];
  return [view.own, view.remote]
    .flatMap((side) => listUnits(side.model, side.application).map((unit) => ({ side, unit })))
    .filter(({ side, unit }) => unit.life === 'alive' && !membershipAt(side, unit).broken)
    .flatMap(({ side, unit }) => {
      const error = inError(side.model, unit);
      return error
        ? [
            `${error.said} and keeps relation "${viewKey(view)}" until that is resolved (${error.wayOut}), or remove it with charmlet remove-relation ${view.id} --force`,
          ]
        : [];
    });
}
