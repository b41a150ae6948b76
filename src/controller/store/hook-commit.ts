import { CommitRefused, type HookWrites } from '../hook/model.ts';
import { type ApplicationRecord, readApplication } from './applications.ts';
import type { Model } from './models.ts';
import { queueEvent, ranks } from './queue.ts';
import {
  membership,
  membershipAt,
  mirrored,
  nameOfUnit,
  readBag,
  relationEvent,
  relationsOf,
  remoteUnits,
  setBag,
} from './relations.ts';
import { setConsumed } from './secret-consumers.ts';
import { addSecret, changeSecret } from './secret-writes.ts';
import { applicationTag, findSecret, grantSecret, removeSecret, revokeSecret } from './secrets.ts';
import { isLeader, listUnits, type UnitRecord } from './units.ts';

/** Writes what a hook has buffered and queues what others are to be told of it. Call it inside a transaction. */
export function applyHookWrites(model: Model, unit: UnitRecord, writes: HookWrites): void {
  const application = readApplication(model, unit.application);
  for (const write of writes.settings) applySettings(model, unit, application, write);
  for (const added of writes.secretsAdded) {
    refuseForeignOwner(model, unit, added.owner ?? applicationTag(application.name));
    addSecret(model, { ...added, owner: added.owner ?? applicationTag(application.name) });
  }
  for (const changed of writes.secretsChanged) {
    refuseForeignOwner(model, unit, findSecret(model, changed.id)?.owner);
    changeSecret(model, changed);
  }
  for (const removed of writes.secretsRemoved) {
    refuseForeignOwner(model, unit, findSecret(model, removed.id)?.owner);
    removeSecret(model, removed.id, removed.revision);
  }
  for (const { id, grant } of writes.secretsGranted) {
    if (!findSecret(model, id)) throw new CommitRefused(`secret "${id}" not found`);
    grantSecret(model, id, grant);
  }
  for (const { id, target, relation } of writes.secretsRevoked) revokeSecret(model, id, target, relation);
  for (const id of writes.secretsTracked) {
    const secret = findSecret(model, id);
    if (secret) setConsumed(model, unit.name, id, { revision: secret.latest });
  }
  for (const port of writes.portsOpened)
    model.db.run('INSERT OR IGNORE INTO ports (unit, port) VALUES (?, ?)', unit.id, port);
  for (const port of writes.portsClosed) model.db.run('DELETE FROM ports WHERE unit = ? AND port = ?', unit.id, port);
  for (const [key, value] of Object.entries(writes.state)) {
    if (value === null) model.db.run('DELETE FROM charm_state WHERE unit = ? AND key = ?', unit.id, key);
    else model.db.run('INSERT OR REPLACE INTO charm_state (unit, key, value) VALUES (?, ?, ?)', unit.id, key, value);
  }
}

function applySettings(
  model: Model,
  unit: UnitRecord,
  application: ApplicationRecord,
  write: HookWrites['settings'][number],
): void {
  const view = relationsOf(model, application.id).find((each) => each.id === write.relation);
  if (!view) throw new CommitRefused(`relation ${write.relation} not found`);
  const forApplication = write.entity === application.name;
  if (!forApplication && write.entity !== unit.name) throw new CommitRefused('cannot write relation settings');
  if (forApplication && !isLeader(model, unit)) throw new CommitRefused('cannot write relation settings');

  const before = readBag(model, write.relation, write.entity) ?? {};
  const after = { ...before };
  for (const [key, value] of Object.entries(write.changes)) {
    if (value === '') delete after[key];
    else after[key] = value;
  }
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  if ([...keys].every((key) => before[key] === after[key])) return;
  setBag(model, write.relation, write.entity, after);

  // Whoever learns of a unit when that enters gets -joined and then -changed, whatever it has written before.
  if (view.life === 'dying' || (!forApplication && !membership(model, write.relation, unit.id).entered)) return;
  const seenAs = nameOfUnit(view.own, unit);
  // Every remote unit that has entered is told; for a peer relation these are the other units of the application. There the
  // leader is told of the application's databag as well, though it wrote that itself: Juju watches the databag and not who writes.
  const isOwn = forApplication && view.own.role === 'peer' && unit.life === 'alive';
  for (const other of [...remoteUnits(view, unit), ...(isOwn ? [unit] : [])]) {
    const known = membershipAt(view.remote, other);
    if (!known.entered || known.broken) continue;
    const told = relationEvent(mirrored(view), 'changed', forApplication ? '' : seenAs);
    // Who has not been told of the unit yet gets -joined and then -changed anyway.
    if (forApplication || known.joined.includes(seenAs)) queueEvent(model, other.id, ranks.relation, told);
  }
}

/** A unit writes its own secrets; its application's only while it leads. */
function refuseForeignOwner(model: Model, unit: UnitRecord, owner: string | undefined): void {
  if (owner === undefined) throw new CommitRefused('secret not found');
  if (owner === applicationTag(unit.applicationName) && !isLeader(model, unit))
    throw new CommitRefused('this unit is not the leader');
  const mine = [
    applicationTag(unit.applicationName),
    ...listUnits(model, unit.application)
      .filter((each) => each.id === unit.id)
      .map((each) => `unit-${each.name.replace('/', '-')}`),
  ];
  if (!mine.includes(owner)) throw new CommitRefused('permission denied');
}
