import type { OfferListing } from '../controller/offers-api.ts';
import { controllerName } from './model.ts';

/** Who may consume an offer: there is one user. */
const users = { admin: { 'display-name': 'admin', access: 'admin' } };

/** Offers as Juju prints them where they are keyed by where they are: `charmlet:admin/cos.prometheus`. */
export function byUrl(
  offers: readonly OfferListing[],
  options: { readonly described: boolean },
): Record<string, unknown> {
  return Object.fromEntries(
    offers.map(({ url, description, endpoints }) => [
      `${controllerName}:${url}`,
      { ...(options.described && description && { description }), access: 'admin', endpoints, users },
    ]),
  );
}

/** The same keyed by name, with what is related through them. */
export function byName(offers: readonly OfferListing[]): Record<string, unknown> {
  return Object.fromEntries(
    offers.map((offer) => [
      offer.name,
      {
        application: offer.application,
        store: controllerName,
        charm: offer.charm,
        'offer-url': offer.url,
        endpoints: offer.endpoints,
        ...(offer.connections.length > 0 && { connections: offer.connections }),
        users,
      },
    ]),
  );
}

/** `prometheus_scrape:metrics-endpoint`, one for each endpoint. */
export function interfacesOf({ endpoints }: OfferListing): string[] {
  return Object.entries(endpoints)
    .map(([name, endpoint]) => `${endpoint.interface}:${name}`)
    .sort();
}
