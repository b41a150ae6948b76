import type { Methods } from '../api.ts';
import { type Context, modelOwner, type Shared } from '../context.ts';
import { UserError } from '../errors.ts';
import { isApplicationName } from '../hook/names.ts';
import { needOfferUrl, type OfferUrl, parseOfferUrl } from '../offer-url.ts';
import type { OfferConnection, OfferListing, RemoteEndpoint } from '../offers-api.ts';
import { charmOf, findApplication } from '../store/applications.ts';
import { findModel, type Model } from '../store/models.ts';
import { findOffer, listOffers, type OfferRecord, putOffer } from '../store/offers.ts';
import { linkOf, relationsThrough } from '../store/relation-links.ts';
import { type RelationView, relationsOf } from '../store/relations.ts';
import type { OfferedEndpoint } from '../store/saas.ts';
import { endOffer } from '../units/offer-removal.ts';
import { charmUrl } from './charm-url.ts';
import { chooseModel } from './choose-model.ts';
import { isJoined } from './integrations.ts';

/** An offer of that name of the same application gets these endpoints instead of its own. */
export function offer(context: Context, params: Methods['offer']['params']): Methods['offer']['result'] {
  const { db } = context;
  const model = params.model === undefined ? context.model : chooseModel(db, params.model);
  const { application: of, endpoints, name = of } = params;
  if (!isApplicationName(name)) throw new UserError(`offer name "${name}" not valid`, { exitCode: 2 });
  return db.transact(() => {
    const application = findApplication(model, of);
    if (!application) throw new UserError(`getting offered application ${of}: application "${of}" not found`);
    const refuse = (why: string): never => {
      throw new UserError(`cannot add application offer "${name}": ${why}`);
    };
    if (application.life === 'dying') refuse(`application "${of}" is not alive`);
    const known = charmOf(model, application).spec.endpoints;
    for (const endpoint of endpoints) {
      const found = Object.hasOwn(known, endpoint) ? known[endpoint] : undefined;
      if (!found)
        refuse(`application "${of}" has no "${endpoint}" relation (it has ${Object.keys(known).sort().join(', ')})`);
      else if (found.role === 'peer') refuse(`"${endpoint}" of "${of}" is a peer relation`);
    }
    const present = findOffer(model, name);
    if (present && present.application.id !== application.id)
      refuse(`application offer already exists (of application "${present.application.name}"; give another name)`);
    for (const id of present ? relationsThrough(model, present.uuid) : []) {
      const used = relationsOf(model, application.id).find((view) => view.id === id)?.own.endpoint ?? '';
      if (!endpoints.includes(used)) refuse(`endpoint "${used}" is in use (leave it in the list)`);
    }
    putOffer(model, name, application.id, [...new Set(endpoints)]);
    return { url: `${modelOwner}/${model.name}.${name}`, application: of };
  });
}

export function offers({ db, model }: Context): Methods['offers']['result'] {
  return { offers: listOffers(db, model).map(listing) };
}

/** What is not there yet in a text is what any offer may have there: `cos` and `admin/cos` are all of a model. */
export function findOffers({ db }: Shared, params: Methods['findOffers']['params']): Methods['findOffers']['result'] {
  const wanted = partOfUrl(params.url ?? '');
  const found = listOffers(db)
    .filter(({ model }) => wanted.model === '' || model.name === wanted.model)
    .filter(({ name }) => [name, ''].includes(wanted.name) && [name, '', undefined].includes(params.offer))
    .filter(({ endpoints }) => {
      const kind = params.interface ?? '';
      return kind === '' || Object.values(endpoints).some((endpoint) => endpoint.interface === kind);
    });
  return { offers: wanted.owner === modelOwner ? found.map(listing) : [] };
}

function partOfUrl(text: string): Pick<OfferUrl, 'owner' | 'model' | 'name'> {
  const whole = parseOfferUrl(text);
  if (whole) return needOfferUrl(text);
  const [, , owner = modelOwner, model = ''] = /^(?:([^:/]*):)?(?:([^:/]+)\/)?([a-z0-9-]*)$/.exec(text) ?? [];
  if (model === '' && !/^([^:/]*:)?$/.test(text)) needOfferUrl(text);
  return { owner, model, name: '' };
}

export function showOffer(context: Context, { url }: Methods['showOffer']['params']): Methods['showOffer']['result'] {
  return listing(needOffer(context, url));
}

export function removeOffer(
  context: Context,
  params: Methods['removeOffer']['params'],
): Methods['removeOffer']['result'] {
  return context.db.transact(() => {
    for (const text of params.offers) {
      const found = needOffer(context, text);
      const used = relationsThrough(found.model, found.uuid).length;
      if (used > 0 && !params.force)
        throw new UserError(
          `cannot delete application offer "${found.name}": offer has ${used} relation${used === 1 ? '' : 's'} (--force ends ${used === 1 ? 'it' : 'them'} too)`,
        );
      endOffer(found);
    }
    return {};
  });
}

/** An offer by its URL, or by its name in the model of the call. */
export function needOffer(context: Context, text: string): OfferRecord {
  if (isApplicationName(text)) {
    const own = findOffer(context.model, text);
    if (own) return own;
    throw notFound(`${modelOwner}/${context.model.name}.${text}`);
  }
  const url = needOfferUrl(text);
  const path = `${url.owner}/${url.model}`;
  const model = url.owner === modelOwner ? findModel(context.db, url.model) : undefined;
  if (!model) throw new UserError(`model "${path}" not found (see charmlet models)`);
  const found = findOffer(model, url.name);
  if (!found) throw notFound(`${path}.${url.name}`);
  return found;
}

function notFound(url: string): UserError {
  return new UserError(`application offer "${url}" not found (see charmlet find-offers)`);
}

export function remoteEndpoints(endpoints: Readonly<Record<string, OfferedEndpoint>>): Record<string, RemoteEndpoint> {
  return Object.fromEntries(
    Object.entries(endpoints).map(([name, { interface: kind, role }]) => [
      name,
      { interface: kind, role: role === 'provides' ? 'provider' : 'requirer' },
    ]),
  );
}

function listing(offered: OfferRecord): OfferListing {
  const { model, application } = offered;
  const charm = charmOf(model, application);
  return {
    name: offered.name,
    url: offered.url,
    application: application.name,
    charm: charmUrl(charm),
    description: charm.spec.description || charm.spec.summary,
    endpoints: remoteEndpoints(offered.endpoints),
    connections: viewsThrough(offered).map((view) => connection(model, view)),
  };
}

/** The relations through an offer as the application that is offered sees them. */
export function viewsThrough({ model, uuid, application }: OfferRecord): RelationView[] {
  const ids = relationsThrough(model, uuid);
  return relationsOf(model, application.id).filter((view) => ids.includes(view.id));
}

function connection(model: Model, view: RelationView): OfferConnection {
  return {
    'source-model-uuid': linkOf(model, view.id)!.model.uuid,
    username: modelOwner,
    'relation-id': view.id,
    endpoint: view.own.endpoint,
    status: { current: isJoined(view) ? 'joined' : 'joining' },
  };
}
