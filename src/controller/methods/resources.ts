import type { ResourceListing } from '../api.ts';
import type { Context } from '../context.ts';
import { charmOf } from '../store/applications.ts';
import { listResources } from '../store/resources.ts';
import { needApplication } from './find.ts';

/** All that the charm names; one that was not given yet has no revision, as in Juju. */
export function resources(context: Context, name: string): ResourceListing[] {
  const application = needApplication(context, name);
  const { spec } = charmOf(context.model, application);
  const given = listResources(context.model, application.id);
  return Object.entries(spec.resources).map(([resource, { type }]) => {
    const found = given.find((each) => each.name === resource);
    if (!found) return { name: resource, type, suppliedBy: 'upload', revision: '-', value: '' };
    return {
      name: resource,
      type,
      suppliedBy: 'admin',
      revision: String(found.revision),
      value: found.live ? `${found.given} (in place)` : found.given,
    };
  });
}
