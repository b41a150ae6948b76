import type { ResourceListing } from '../api.ts';
import type { Context } from '../context.ts';
import { charmOf } from '../store/applications.ts';
import { listResources } from '../store/resources.ts';
import { needApplication } from './find.ts';

export function resources(context: Context, name: string): ResourceListing[] {
  const application = needApplication(context, name);
  const { spec } = charmOf(context.model, application);
  const given = listResources(context.model, application.id);
  return Object.entries(spec.resources).flatMap(([resource, { type }]) => {
    const found = given.find((each) => each.name === resource);
    return found
      ? [
          {
            name: resource,
            type,
            suppliedBy: 'admin',
            revision: String(found.revision),
            value: found.live ? `${found.given} (in place)` : found.given,
          },
        ]
      : [];
  });
}
