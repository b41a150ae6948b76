import type { CharmRecord } from '../store/charms.ts';

/** How Juju names a charm that it was given as a file. */
export function charmUrl(charm: CharmRecord): string {
  return `local:${charm.name}-${charm.revision}`;
}
