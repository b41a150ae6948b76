import type { Context } from '../context.ts';
import { charmOf, readApplication } from '../store/applications.ts';
import { openedPorts } from '../store/hook-model.ts';
import { isAcrossModels, membership, readBag, readBagAs, relationsOf } from '../store/relations.ts';
import type { UnitRecord } from '../store/units.ts';
import { charmUrl } from './charm-url.ts';
import { needUnit } from './find.ts';

/** `juju show-unit`: what the unit can see of its relations. */
export function showUnit(context: Context, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    names.map((name) => needUnit(context, name)).map((unit) => [unit.name, unitBody(context, unit)]),
  );
}

function unitBody(context: Context, unit: UnitRecord): Record<string, unknown> {
  const { model } = context;
  const application = readApplication(model, unit.application);
  const relations = relationsOf(model, unit.application)
    .filter((view) => !membership(model, view.id, unit.id).broken)
    .map((view) => {
      const known = membership(model, view.id, unit.id);
      const related = Object.fromEntries(
        known.joined.map((name) => [name, { 'in-scope': true, data: readBagAs(model, view.id, name) ?? {} }]),
      );
      return {
        'relation-id': view.id,
        endpoint: view.own.endpoint,
        ...(isAcrossModels(view) && { 'cross-model': true }),
        'related-endpoint': view.remote.endpoint,
        'application-data': readBagAs(model, view.id, view.remote.name) ?? {},
        'local-unit': { 'in-scope': known.entered, data: readBag(model, view.id, unit.name) ?? {} },
        ...(known.joined.length > 0 && { 'related-units': related }),
      };
    });
  return {
    ...(application.version && { 'workload-version': application.version }),
    'opened-ports': openedPorts(model, unit.id),
    charm: charmUrl(charmOf(model, application)),
    leader: application.leader === unit.id,
    life: unit.life,
    ...(relations.length > 0 && { 'relation-info': relations }),
    'provider-id': unit.name.replace('/', '-'),
    address: unit.address,
  };
}
