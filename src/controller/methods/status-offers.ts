import { type Context, contextOf } from '../context.ts';
import type { OfferStatus, SaasStatus, Status, StatusInfo } from '../status-api.ts';
import { charmOf, listApplications } from '../store/applications.ts';
import { listOffers, offerByUuid } from '../store/offers.ts';
import { linkOf } from '../store/relation-links.ts';
import { relationsOf } from '../store/relations.ts';
import { listSaas, type SaasRecord } from '../store/saas.ts';
import { charmUrl } from './charm-url.ts';
import { isJoined } from './integrations.ts';
import { remoteEndpoints, viewsThrough } from './offers.ts';
import { selects } from './selectors.ts';
import { applicationRecord, statusInfo } from './shown-status.ts';

/** What the model consumes of others; nothing when it consumes nothing that was asked for. */
export function readSaas(context: Context, selectors: readonly string[]): Pick<Status, 'application-endpoints'> {
  const shown = listSaas(context.model).filter(({ name }) => selects(selectors, name, []) !== undefined);
  if (shown.length === 0) return {};
  return { 'application-endpoints': Object.fromEntries(shown.map((saas) => [saas.name, saasStatus(context, saas)])) };
}

function saasStatus(context: Context, saas: SaasRecord): SaasStatus {
  const related: Record<string, string[]> = {};
  for (const application of listApplications(context.model)) {
    for (const { id, remote } of relationsOf(context.model, application.id)) {
      if (linkOf(context.model, id)?.saas !== saas.id) continue;
      related[remote.endpoint] = [...(related[remote.endpoint] ?? []), application.name];
    }
  }
  return {
    url: saas.url,
    endpoints: remoteEndpoints(saas.endpoints),
    ...(saas.life === 'dying' && { life: 'dying' }),
    'application-status': farStatus(context, saas),
    ...(Object.keys(related).length > 0 && { relations: related }),
  };
}

/** The status of the application that is offered; an offer that has gone is told in Juju's words. */
function farStatus(context: Context, saas: SaasRecord): StatusInfo {
  const offered = offerByUuid(context.db, saas.offer);
  if (!offered) return { current: 'terminated', message: 'offer has been removed' };
  return statusInfo(applicationRecord(contextOf(context, offered.model), offered.application));
}

/** The offers of applications that are shown; nothing when there are none. */
export function readOffers({ model, db }: Context, shown: ReadonlySet<string>): Pick<Status, 'offers'> {
  const offers = listOffers(db, model).filter(({ application }) => shown.has(application.name));
  if (offers.length === 0) return {};
  const entries = offers.map((offered): [string, OfferStatus] => {
    const views = viewsThrough(offered);
    const active = views.filter(isJoined).length;
    const status = {
      application: offered.application.name,
      charm: charmUrl(charmOf(model, offered.application)),
      endpoints: remoteEndpoints(offered.endpoints),
      ...(active > 0 && { 'active-connected-count': active }),
      ...(views.length > 0 && { 'total-connected-count': views.length }),
    };
    return [offered.name, status];
  });
  return { offers: Object.fromEntries(entries) };
}
