import { charmOf, readApplication } from '../store/applications.ts';
import { readCharm } from '../store/charms.ts';
import type { Model } from '../store/models.ts';
import { dropEvents, listEvents, queueEvent, ranks } from '../store/queue.ts';
import {
  membership,
  membershipAt,
  mirrored,
  nameOfUnit,
  relationEvent,
  relationsOf,
  setMembership,
} from '../store/relations.ts';
import { endTask, unfinishedTasks } from '../store/tasks.ts';
import { listUnits, type UnitRecord } from '../store/units.ts';
import { electLeader, forgetUnit } from './forget.ts';

/**
 * Takes a unit down in Juju's order: departed and broken for its relations, stop, storage-detaching, remove. A unit
 * whose install has never ended goes at once. With `force` a hook that has failed, or fails on the way, is passed over.
 */
export function beginUnitRemoval(model: Model, unit: UnitRecord, options: { readonly force: boolean }): void {
  if (unit.life === 'dying' && !options.force) return;
  model.db.transact(() => {
    if (options.force) model.db.run('UPDATE units SET forced = 1 WHERE id = ?', unit.id);
    const neverCreated = pendingCreations(model, unit);
    dropEvents(model, unit.id, { failed: options.force });
    const hasBegun = listEvents(model, unit.id).length > 0;
    if (unit.life === 'alive') {
      model.db.run("UPDATE units SET life = 'dying' WHERE id = ?", unit.id);
      for (const task of unfinishedTasks(model, unit.id))
        if (task.status === 'pending') endTask(model, task.id, { status: 'cancelled', message: '' });
      tellOthers(model, unit);
      for (const id of neverCreated) setMembership(model, id, unit.id, { entered: false, broken: true, joined: [] });
      electLeader(model, unit.application);
    }
    if (!unit.installed && !hasBegun) forgetUnit(model, unit);
    else queueTeardown(model, unit);
  });
}

/** Relations that the unit was never told of, and so is not told the end of. */
function pendingCreations(model: Model, unit: UnitRecord): number[] {
  return listEvents(model, unit.id).flatMap(({ event, state, rank }) =>
    event.relation && event.hook.endsWith('-relation-created') && state === 'pending' && rank !== ranks.begun
      ? [event.relation.id]
      : [],
  );
}

function queueTeardown(model: Model, unit: UnitRecord): void {
  const begun = listEvents(model, unit.id);
  for (const view of relationsOf(model, unit.application)) {
    const known = membership(model, view.id, unit.id);
    if (known.broken) continue;
    for (const remote of known.joined)
      queueEvent(model, unit.id, ranks.teardown, relationEvent(view, 'departed', remote, unit.name));
    const broken = relationEvent(view, 'broken');
    const isToldNow = begun.some(({ event }) => event.hook === broken.hook && event.relation?.id === view.id);
    if (view.own.role !== 'peer' && !isToldNow) queueEvent(model, unit.id, ranks.teardown, broken);
  }
  queueEvent(model, unit.id, ranks.teardown, { hook: 'stop' });
  const storages = model.db.all<{ id: string; name: string; kind: string; location: string }>(
    'SELECT * FROM storages WHERE unit = ? ORDER BY id',
    unit.id,
  );
  for (const { id, name, kind, location } of storages) {
    queueEvent(model, unit.id, ranks.teardown, { hook: `${name}-storage-detaching`, storage: { id, kind, location } });
  }
  queueEvent(model, unit.id, ranks.teardown, { hook: 'remove' });
}

/** Every unit that knows this one as joined is told that it departs. */
function tellOthers(model: Model, unit: UnitRecord): void {
  for (const view of relationsOf(model, unit.application)) {
    const seenAs = nameOfUnit(view.own, unit);
    // The end of a relation that ends is queued already, in its order: departed, then broken.
    const others = view.life === 'dying' ? [] : listUnits(view.remote.model, view.remote.application);
    for (const other of others) {
      const known = membershipAt(view.remote, other);
      if (other.id === unit.id || other.life === 'dying' || known.broken) continue;
      // A -joined that was not told yet is not told any more.
      const pending = listEvents(model, other.id).filter(
        (each) =>
          each.state === 'pending' &&
          each.rank !== ranks.begun &&
          each.event.relation?.id === view.remote.relation &&
          each.event.relation.remoteUnit === seenAs,
      );
      for (const each of pending) model.db.run('DELETE FROM events WHERE id = ?', each.id);
      if (known.joined.includes(seenAs))
        queueEvent(model, other.id, ranks.relationDeparted, relationEvent(mirrored(view), 'departed', seenAs, seenAs));
    }
    setMembership(model, view.id, unit.id, { ...membership(model, view.id, unit.id), entered: false });
  }
}

/** What is removed with an application, for the lines that `remove-application` prints. */
export function storageOf(model: Model, application: number): string[] {
  const charm = readCharm(model, charmOf(model, readApplication(model, application)).id);
  if (Object.keys(charm.spec.storage).length === 0) return [];
  return listUnits(model, application).flatMap((unit) =>
    model.db.all<{ id: string }>('SELECT id FROM storages WHERE unit = ? ORDER BY id', unit.id).map((row) => row.id),
  );
}
