import type { Integration } from '../api.ts';
import { listApplications, readApplication } from '../store/applications.ts';
import type { Model } from '../store/models.ts';
import { membership, type RelationView, relationsOf, type SideRecord } from '../store/relations.ts';
import { listUnits } from '../store/units.ts';

/** Every relation of the model that one of these applications takes part in, by id. */
export function readIntegrations(model: Model, shown: ReadonlySet<string>): Integration[] {
  return listApplications(model)
    .flatMap((application) => relationsOf(model, application.id))
    .filter((view) => view.own.role !== 'requires')
    .sort((a, b) => a.id - b.id)
    .flatMap((view) => {
      const names = [view.own, view.remote].map((side) => readApplication(model, side.application).name);
      return names.some((name) => shown.has(name)) ? [integration(model, view)] : [];
    });
}

function integration(model: Model, view: RelationView): Integration {
  const text = (side: SideRecord): string => `${readApplication(model, side.application).name}:${side.endpoint}`;
  return {
    provider: text(view.own),
    requirer: text(view.remote),
    interface: view.interface,
    type: view.own.role === 'peer' ? 'peer' : 'regular',
    message: messageOf(model, view),
  };
}

/** Juju shows a relation's status when it is not `joined`. A relation is joined once a unit of each side has entered it. */
function messageOf(model: Model, view: RelationView): string {
  if (view.life === 'dying') return 'dying';
  if (view.own.role === 'peer') return '';
  const isEntered = (side: SideRecord): boolean =>
    listUnits(model, side.application).some((unit) => membership(model, view.id, unit.id).entered);
  return isEntered(view.own) && isEntered(view.remote) ? '' : 'joining';
}
