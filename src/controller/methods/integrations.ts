import type { Integration } from '../api.ts';
import { listApplications } from '../store/applications.ts';
import type { Model } from '../store/models.ts';
import { linkOf } from '../store/relation-links.ts';
import { isAcrossModels, membershipAt, type RelationView, relationsOf } from '../store/relations.ts';
import { listUnits } from '../store/units.ts';

/**
 * Every relation of the model that one of these applications takes part in, by id. One that comes in through an offer is not
 * among them: it is shown with the offer, as in Juju.
 */
export function readIntegrations(model: Model, shown: ReadonlySet<string>): Integration[] {
  return listApplications(model)
    .flatMap((application) => relationsOf(model, application.id).map((view) => ({ view, name: application.name })))
    .filter(({ view }) => (isAcrossModels(view) ? isConsuming(view) : view.own.role !== 'requires'))
    .sort((a, b) => a.view.id - b.view.id)
    .flatMap(({ view, name }) => {
      return [name, view.remote.name].some((each) => shown.has(each)) ? [integration(view, name)] : [];
    });
}

/** Whether this side of a relation across models is the one that consumes. */
export function isConsuming({ own }: RelationView): boolean {
  return linkOf(own.model, own.relation)?.saas != null;
}

function integration(view: RelationView, name: string): Integration {
  const own = `${name}:${view.own.endpoint}`;
  const remote = `${view.remote.name}:${view.remote.endpoint}`;
  const [provider, requirer] = view.own.role === 'requires' ? [remote, own] : [own, remote];
  const type = view.own.role === 'peer' ? 'peer' : 'regular';
  return { provider, requirer, interface: view.interface, type, message: messageOf(view) };
}

/** Juju shows a relation's status when it is not `joined`. */
function messageOf(view: RelationView): string {
  if (view.life === 'dying') return 'dying';
  return view.own.role === 'peer' || isJoined(view) ? '' : 'joining';
}

/** A relation is joined once a unit of each side has entered it. */
export function isJoined({ own, remote }: RelationView): boolean {
  return [own, remote].every((side) =>
    listUnits(side.model, side.application).some((unit) => membershipAt(side, unit).entered),
  );
}
