import type { Related } from './related.ts';

/**
 * The addresses of the related alertmanagers (`alertmanager_dispatch`, requirer), sorted: `url` of each unit, or what the
 * interface's first form says by `public_address` and `scheme`. What is no address of a web server is left out.
 */
export function alertmanagerUrls(related: readonly Related[]): readonly string[] {
  const texts = related.flatMap(({ units }) =>
    units.map(({ bag }) => bag.url || (bag.public_address ? `${bag.scheme || 'http'}://${bag.public_address}` : '')),
  );
  return [...new Set(texts.flatMap(parseUrl))].sort();
}

function parseUrl(text: string): string[] {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const fits = url && (url.protocol === 'http:' || url.protocol === 'https:') && url.hostname !== '';
  return fits ? [`${url.protocol}//${url.host}${url.pathname.replace(/\/+$/, '')}`] : [];
}
