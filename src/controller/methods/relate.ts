import type { Methods } from '../api.ts';
import type { Context } from '../context.ts';
import { UserError } from '../errors.ts';
import { listApplications, readApplication } from '../store/applications.ts';
import { type Endpoint, inferEndpoints, inferRelation, relationKey, viewKey } from '../store/endpoints.ts';
import type { Model } from '../store/models.ts';
import { failedEvent } from '../store/queue.ts';
import { addRelation, membership, type RelationView, relationExists, relationsOf } from '../store/relations.ts';
import { listUnits } from '../store/units.ts';
import { beginRelationRemoval } from '../units/relation-removal.ts';

/** Relates two applications. Everything is checked before anything is written, in Juju's order and words. */
export function integrate(context: Context, params: Methods['integrate']['params']): Methods['integrate']['result'] {
  const { model } = context;
  return model.db.transact(() => {
    const pair = inferEndpoints(model, params.endpoints);
    const key = relationKey(pair);
    const refuse = (why: string): never => {
      throw new UserError(`cannot add relation "${key}": ${why}`);
    };
    for (const { application } of pair)
      if (application.life === 'dying') refuse(`application "${application.name}" is not alive`);
    const present = relationsOf(model, pair[0].application.id).find((view) => viewKey(model, view) === key);
    if (present?.life === 'dying') refuse(`relation ${key} is dying, but not yet removed`);
    if (present) refuse(`relation ${key} already exists (see charmlet status --relations)`);
    for (const endpoint of pair) refuseBeyondLimit(model, endpoint, refuse);
    const sides = pair.map(({ application, name, role }) => ({ application: application.id, endpoint: name, role }));
    addRelation(model, pair[0].interface, sides);
    return { messages: [] };
  });
}

function refuseBeyondLimit(model: Model, endpoint: Endpoint, refuse: (why: string) => never): void {
  const { application, name, limit } = endpoint;
  const present = relationsOf(model, application.id).filter((view) => view.own.endpoint === name);
  if (limit === null || limit === 0 || present.length < limit) return;
  const others = present.map((view) => readApplication(model, view.remote.application).name).join(', ');
  refuse(
    `establishing a new relation for ${application.name}:${name} would exceed its maximum relation limit of ${limit} (it is related to ${others})`,
  );
}

/** Ends a relation, given by its endpoints or its id. The hooks run after the answer. */
export function removeRelation(
  context: Context,
  params: Methods['removeRelation']['params'],
): Methods['removeRelation']['result'] {
  const { model } = context;
  return model.db.transact(() => {
    const view = 'id' in params ? relationById(model, params.id) : inferRelation(model, params.endpoints);
    beginRelationRemoval(model, view, { force: params.force });
    return { messages: heldUp(model, view) };
  });
}

function relationById(model: Model, id: number): RelationView {
  const view = listApplications(model)
    .flatMap((application) => relationsOf(model, application.id))
    .find((each) => each.id === id);
  if (!view) throw new UserError(`relation ${id} not found`);
  if (view.own.role === 'peer')
    throw new UserError(`cannot destroy relation "${viewKey(model, view)}": is a peer relation`);
  return view;
}

/** Which living units keep a dying relation, because they are in error and are told nothing. */
export function heldUp(model: Model, view: RelationView): string[] {
  if (!relationExists(model, view.id)) return [];
  return [view.own.application, view.remote.application]
    .flatMap((application) => listUnits(model, application))
    .filter((unit) => unit.life === 'alive' && !membership(model, view.id, unit.id).broken)
    .flatMap((unit) => {
      const failed = failedEvent(model, unit.id);
      return failed
        ? [
            `unit ${unit.name} is in error (${failed.reason}) and keeps relation "${viewKey(model, view)}" until that is resolved (charmlet resolved ${unit.name}), or remove it with charmlet remove-relation ${view.id} --force`,
          ]
        : [];
    });
}
