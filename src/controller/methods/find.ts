import type { Context } from '../context.ts';
import { UserError } from '../errors.ts';
import { type ApplicationRecord, findApplication, listApplications } from '../store/applications.ts';
import { viewKey } from '../store/endpoints.ts';
import type { Model } from '../store/models.ts';
import { type RelationView, relationsOf } from '../store/relations.ts';
import { findUnit, readUnit, type UnitRecord } from '../store/units.ts';

/** The application, or Juju's words that there is none. */
export function needApplication(context: Context, name: string): ApplicationRecord {
  const found = findApplication(context.model, name);
  if (!found) throw new UserError(`application "${name}" not found`);
  return found;
}

/** A unit by `app/0` or `app/leader`. */
export function needUnit(context: Context, name: string): UnitRecord {
  const leader = /^(.+)\/leader$/.exec(name);
  if (leader) {
    const application = needApplication(context, leader[1]!);
    if (application.leader === null) throw new UserError(`could not determine leader for "${application.name}"`);
    return readUnit(context.model, application.leader);
  }
  if (!/^[a-z][a-z0-9-]*\/(0|[1-9][0-9]*)$/.test(name))
    throw new UserError(`invalid unit name "${name}"`, { exitCode: 2 });
  const unit = findUnit(context.model, name);
  if (!unit) throw new UserError(`unit "${name}" not found`);
  return unit;
}

/** A relation between two applications, by its id. */
export function needRelation(model: Model, id: number): RelationView {
  const view = listApplications(model)
    .flatMap((application) => relationsOf(model, application.id))
    .find((each) => each.id === id);
  if (!view) throw new UserError(`relation ${id} not found`);
  if (view.own.role === 'peer') throw new UserError(`cannot destroy relation "${viewKey(view)}": is a peer relation`);
  return view;
}
