import { charmOf, readApplication } from '../store/applications.ts';
import { readCharm } from '../store/charms.ts';
import type { Model } from '../store/models.ts';
import { dropEvents, listEvents, queueEvent, ranks } from '../store/queue.ts';
import { membership, mirrored, relationEvent, relationsOf, setMembership } from '../store/relations.ts';
import { unitTag } from '../store/secrets.ts';
import { endTask, unfinishedTasks } from '../store/tasks.ts';
import { isLeader, listUnits, type UnitRecord } from '../store/units.ts';

/**
 * Takes a unit down in Juju's order: departed and broken for its relations, stop, storage-detaching, remove. A unit
 * whose install has never ended goes at once. With `force` a hook that has failed, or fails on the way, is passed over.
 */
export function beginUnitRemoval(model: Model, unit: UnitRecord, options: { readonly force: boolean }): void {
  model.db.transact(() => {
    if (options.force) model.db.run('UPDATE units SET forced = 1 WHERE id = ?', unit.id);
    dropEvents(model, unit.id, { failed: options.force });
    const hasBegun = listEvents(model, unit.id).length > 0;
    if (unit.life === 'alive') {
      model.db.run("UPDATE units SET life = 'dying' WHERE id = ?", unit.id);
      for (const task of unfinishedTasks(model, unit.id))
        if (task.status === 'pending') endTask(model, task.id, { status: 'cancelled', message: '' });
      tellOthers(model, unit);
      passLeadership(model, unit);
    } else if (!options.force) {
      return;
    }
    if (!unit.installed && !hasBegun) forgetUnit(model, unit);
    else queueTeardown(model, unit);
  });
}

function queueTeardown(model: Model, unit: UnitRecord): void {
  for (const view of relationsOf(model, unit.application)) {
    const known = membership(model, view.id, unit.id);
    if (known.broken) continue;
    for (const remote of known.joined)
      queueEvent(model, unit.id, ranks.teardown, relationEvent(model, view, 'departed', remote, unit.name));
    if (view.own.role !== 'peer') queueEvent(model, unit.id, ranks.teardown, relationEvent(model, view, 'broken'));
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
    for (const other of listUnits(model, view.remote.application)) {
      const known = membership(model, view.id, other.id);
      if (other.id === unit.id || other.life === 'dying' || known.broken) continue;
      // A -joined that was not told yet is not told any more.
      const pending = listEvents(model, other.id).filter(
        (each) =>
          each.state === 'pending' &&
          each.event.relation?.id === view.id &&
          each.event.relation.remoteUnit === unit.name,
      );
      for (const each of pending) model.db.run('DELETE FROM events WHERE id = ?', each.id);
      if (known.joined.includes(unit.name))
        queueEvent(
          model,
          other.id,
          ranks.relation,
          relationEvent(model, mirrored(view), 'departed', unit.name, unit.name),
        );
    }
    setMembership(model, view.id, unit.id, { ...membership(model, view.id, unit.id), entered: false });
  }
}

/** The living unit with the lowest number leads next, and is told. */
function passLeadership(model: Model, unit: UnitRecord): void {
  if (!isLeader(model, unit)) return;
  const next = listUnits(model, unit.application).find((other) => other.id !== unit.id && other.life === 'alive');
  if (!next) return;
  model.db.run('UPDATE applications SET leader = ? WHERE id = ?', next.id, unit.application);
  queueEvent(model, next.id, ranks.leadership, { hook: 'leader-elected' });
}

/** Takes the unit out of the model, and its application when that was dying and has no other. Call it inside a transaction. */
export function forgetUnit(model: Model, unit: UnitRecord): void {
  const { db } = model;
  db.run('INSERT INTO leftovers (unit, name) VALUES (?, ?)', unit.id, unit.name);
  db.run('DELETE FROM databags WHERE model = ? AND entity = ?', model.uuid, unit.name);
  db.run('DELETE FROM secrets WHERE model = ? AND owner = ?', model.uuid, unitTag(unit.name));
  db.run('DELETE FROM secret_consumers WHERE model = ? AND unit = ?', model.uuid, unit.name);
  db.run('UPDATE tasks SET unit = NULL WHERE unit = ?', unit.id);
  db.run('DELETE FROM units WHERE id = ?', unit.id);
  db.run('UPDATE applications SET leader = NULL WHERE leader = ?', unit.id);
  const application = readApplication(model, unit.application);
  if (application.life === 'dying' && listUnits(model, application.id).length === 0)
    forgetApplication(model, application.id);
}

/** Its relations, secrets and grants go with it. */
export function forgetApplication(model: Model, id: number): void {
  const { db } = model;
  const application = readApplication(model, id);
  for (const view of relationsOf(model, id)) {
    db.run('DELETE FROM secret_grants WHERE model = ? AND relation = ?', model.uuid, view.id);
    db.run('DELETE FROM relations WHERE model = ? AND id = ?', model.uuid, view.id);
  }
  db.run('DELETE FROM secrets WHERE model = ? AND owner = ?', model.uuid, `application-${application.name}`);
  db.run('DELETE FROM secret_grants WHERE model = ? AND target = ?', model.uuid, `application-${application.name}`);
  db.run('DELETE FROM applications WHERE id = ?', id);
}

/** What is removed with an application, for the lines that `remove-application` prints. */
export function storageOf(model: Model, application: number): string[] {
  const charm = readCharm(model, charmOf(model, readApplication(model, application)).id);
  if (Object.keys(charm.spec.storage).length === 0) return [];
  return listUnits(model, application).flatMap((unit) =>
    model.db.all<{ id: string }>('SELECT id FROM storages WHERE unit = ? ORDER BY id', unit.id).map((row) => row.id),
  );
}
