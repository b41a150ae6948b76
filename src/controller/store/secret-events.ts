import type { HookEvent } from '../hook/event.ts';
import { findApplication } from './applications.ts';
import { type Model, now } from './models.ts';
import { queueEvent, ranks } from './queue.ts';
import { findSecret, modelTag, removeSecret } from './secrets.ts';
import { findUnit, type UnitRecord, unitById } from './units.ts';

/** An expired revision that its owner has not removed is told of again after so long, as by Juju's `secretexpire` worker. */
const expiryAgainMs = 300_000;

/** Tells every unit that has read the secret of its newest revision. */
export function tellConsumers(model: Model, id: string): void {
  const secret = findSecret(model, id);
  if (!secret) return;
  const consumers = model.db.all<{ unit: string; label: string; notified: number }>(
    'SELECT unit, label, notified FROM secret_consumers WHERE model = ? AND secret = ? AND notified < ?',
    model.uuid,
    id,
    secret.latest,
  );
  for (const consumer of consumers) {
    const { of, unit } = consumingUnit(model, consumer.unit);
    if (!unit || unit.life === 'dying') continue;
    const uri = of.uuid === model.uuid ? `secret:${id}` : `secret://${model.uuid}/${id}`;
    queueEvent(model, unit.id, ranks.secret, { hook: 'secret-changed', secret: { uri, label: consumer.label } });
    model.db.run(
      'UPDATE secret_consumers SET notified = ? WHERE model = ? AND secret = ? AND unit = ?',
      secret.latest,
      model.uuid,
      id,
      consumer.unit,
    );
  }
}

/** `<unit>` of the model itself, or `<uuid>:<unit>` of another one. */
function consumingUnit(model: Model, consumer: string): { readonly of: Model; readonly unit: UnitRecord | undefined } {
  const [, uuid = model.uuid, name = ''] = /^(?:([^:]*):)?(.*)$/.exec(consumer) ?? [];
  const of = { ...model, uuid };
  return { of, unit: findUnit(of, name) };
}

/**
 * Looks for old revisions that no unit is pinned to: a charm that owns them is told of each once (`secret-remove`); of a
 * user's secret they go when it has been set to prune itself, and stay otherwise.
 */
export function settleUnused(model: Model, id: string): void {
  const secret = findSecret(model, id);
  if (!secret) return;
  const unused = model.db.all<{ revision: number; unused_told: number }>(
    `SELECT revision, unused_told FROM secret_revisions r WHERE model = ? AND secret = ? AND revision < ?
     AND NOT EXISTS (SELECT 1 FROM secret_consumers c WHERE c.model = r.model AND c.secret = r.secret AND c.revision = r.revision)
     ORDER BY revision`,
    model.uuid,
    id,
    secret.latest,
  );
  if (secret.owner === modelTag(model)) {
    const prunes = model.db.get('SELECT 1 FROM secrets WHERE model = ? AND id = ? AND auto_prune', model.uuid, id);
    if (prunes) for (const { revision } of unused) removeSecret(model, id, revision);
    return;
  }
  const owner = owningUnit(model, secret.owner);
  if (!owner) return;
  for (const { revision } of unused.filter((each) => !each.unused_told)) {
    queueEvent(model, owner.id, ranks.secret, ownerEvent('secret-remove', id, secret.label, revision));
    model.db.run(
      'UPDATE secret_revisions SET unused_told = 1 WHERE model = ? AND secret = ? AND revision = ?',
      model.uuid,
      id,
      revision,
    );
  }
}

/**
 * Queues what is due at `atMs`: `secret-rotate` until the charm has been through it (then `noteRotated` sets the next
 * time), `secret-expired` for each revision past its time. Returns when the next thing is due, in ms since the epoch;
 * infinity when nothing is. What waits for an owner is looked at again when the model has changed.
 */
export function queueDueSecretEvents(model: Model, atMs: number): number {
  let next = Number.POSITIVE_INFINITY;
  const isDue = (time: number): boolean => {
    if (time > atMs) next = Math.min(next, time);
    return time <= atMs;
  };
  const rotations = model.db.all<{ id: string; owner: string; label: string; rotates: string }>(
    'SELECT id, owner, label, rotates FROM secrets WHERE model = ? AND rotates IS NOT NULL',
    model.uuid,
  );
  for (const { id, owner, label, rotates } of rotations)
    if (isDue(Date.parse(rotates))) queueForOwner(model, owner, ownerEvent('secret-rotate', id, label));
  const expiries = model.db.all<{
    id: string;
    owner: string;
    label: string;
    revision: number;
    expires: string;
    expiry_told: string | null;
  }>(
    `SELECT s.id, s.owner, s.label, r.revision, r.expires, r.expiry_told FROM secret_revisions r
     JOIN secrets s ON s.model = r.model AND s.id = r.secret WHERE r.model = ? AND r.expires IS NOT NULL`,
    model.uuid,
  );
  for (const { id, owner, label, revision, expires, expiry_told } of expiries) {
    if (!isDue(expiry_told === null ? Date.parse(expires) : Date.parse(expiry_told) + expiryAgainMs)) continue;
    if (!queueForOwner(model, owner, ownerEvent('secret-expired', id, label, revision))) continue;
    next = Math.min(next, atMs + expiryAgainMs);
    model.db.run(
      'UPDATE secret_revisions SET expiry_told = ? WHERE model = ? AND secret = ? AND revision = ?',
      new Date(atMs).toISOString(),
      model.uuid,
      id,
      revision,
    );
  }
  return next;
}

/** The owner has been through its `secret-rotate`; the next one is a period from now. */
export function noteRotated(model: Model, uri: string): void {
  const id = uri.replace(/^secret:/, '');
  const secret = findSecret(model, id);
  if (!secret) return;
  model.db.run(
    'UPDATE secrets SET rotates = ? WHERE model = ? AND id = ?',
    nextRotation(secret.rotation, new Date(now())),
    model.uuid,
    id,
  );
}

/** RFC 3339; null for `never`. Months and years are those of the calendar, in UTC. */
export function nextRotation(policy: string, from: Date): string | null {
  const next = new Date(from);
  if (policy === 'hourly') next.setUTCHours(next.getUTCHours() + 1);
  else if (policy === 'daily') next.setUTCDate(next.getUTCDate() + 1);
  else if (policy === 'weekly') next.setUTCDate(next.getUTCDate() + 7);
  else if (policy === 'monthly') next.setUTCMonth(next.getUTCMonth() + 1);
  else if (policy === 'quarterly') next.setUTCMonth(next.getUTCMonth() + 3);
  else if (policy === 'yearly') next.setUTCFullYear(next.getUTCFullYear() + 1);
  else return null;
  return next.toISOString();
}

function ownerEvent(hook: string, id: string, label: string, revision?: number): HookEvent {
  return { hook, secret: { uri: `secret:${id}`, label, ...(revision !== undefined && { revision }) } };
}

/** Whether it was queued: not when nobody is there to be told, or the same waits, runs or has failed already. */
function queueForOwner(model: Model, owner: string, event: HookEvent): boolean {
  const unit = owningUnit(model, owner);
  if (!unit) return false;
  const same = model.db.get('SELECT 1 FROM events WHERE unit = ? AND same_as = ?', unit.id, JSON.stringify(event));
  if (!same) queueEvent(model, unit.id, ranks.secret, event);
  return !same;
}

/** The unit that owns the secret, or that leads its application; undefined when none lives. */
function owningUnit(model: Model, owner: string): UnitRecord | undefined {
  const application = /^application-(.+)$/.exec(owner)?.[1];
  const [, name, number] = /^unit-(.+)-([0-9]+)$/.exec(owner) ?? [];
  const unit = application
    ? unitById(model, findApplication(model, application)?.leader ?? -1)
    : findUnit(model, `${name}/${number}`);
  return unit?.life === 'alive' ? unit : undefined;
}
