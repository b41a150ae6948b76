import { type Model, now } from '../store/models.ts';
import { listEvents, queueEvent, ranks, removeEvent } from '../store/queue.ts';
import { membership, mirrored, type RelationView, relationEvent, setMembership } from '../store/relations.ts';
import { listUnits, type UnitRecord } from '../store/units.ts';
import { endRelation, forgetRelation } from './forget.ts';

/**
 * Ends a relation between two applications: each unit is told that the units it knows have departed, and then that the
 * relation is broken; after the last one the relation is gone. With `force` it is gone at once, and nobody is told.
 */
export function beginRelationRemoval(model: Model, view: RelationView, options: { readonly force: boolean }): void {
  model.db.transact(() => {
    for (const { model: of, relation } of [view.own, view.remote])
      model.db.run(
        "UPDATE relations SET life = 'dying', since = ? WHERE model = ? AND id = ? AND life = 'alive'",
        now(),
        of.uuid,
        relation,
      );
    if (options.force) {
      forgetRelation(model, view.id);
      return;
    }
    if (view.life === 'alive') {
      for (const seen of [view, mirrored(view)])
        for (const unit of listUnits(seen.own.model, seen.own.application)) tellUnit(seen, unit);
    }
    endRelation(model, view.id);
  });
}

/** A unit that is being taken down is told by its own teardown. */
function tellUnit(view: RelationView, unit: UnitRecord): void {
  const { model } = view.own;
  const known = membership(model, view.id, unit.id);
  if (unit.life === 'dying' || known.broken) return;
  let neverCreated = false;
  for (const { id, event, rank, state } of listEvents(model, unit.id)) {
    // What has begun is told to its end: the charm may have acted on it.
    if (event.relation?.id !== view.id || state !== 'pending' || rank === ranks.begun) continue;
    if (event.hook.endsWith('-relation-departed')) continue;
    neverCreated ||= event.hook.endsWith('-relation-created');
    removeEvent(model, id);
  }
  if (neverCreated) {
    setMembership(model, view.id, unit.id, { entered: false, broken: true, joined: [] });
    return;
  }
  setMembership(model, view.id, unit.id, { ...known, entered: false });
  for (const remote of known.joined)
    queueEvent(model, unit.id, ranks.relationDeparted, relationEvent(view, 'departed', remote, remote));
  queueEvent(model, unit.id, ranks.relation, relationEvent(view, 'broken'));
}
