import { CommitRefused, type SecretChange, type SecretGrant, type SecretRecord } from '../hook/model.ts';
import { findApplication } from './applications.ts';
import { type Model, now } from './models.ts';
import { queueEvent, ranks } from './queue.ts';
import { findUnit, readUnit, type UnitRecord } from './units.ts';

interface SecretRow {
  id: string;
  owner: string;
  label: string;
  name: string;
  description: string;
  rotation: string;
  expires: string | null;
  rotates: string | null;
  latest: number;
}

/** `application-worker` and `unit-worker-0`, as secrets name their owners and targets. */
export const applicationTag = (name: string): string => `application-${name}`;
export const unitTag = (name: string): string => `unit-${name.replace('/', '-')}`;

export function findSecret(model: Model, id: string): SecretRecord | null {
  const row = model.db.get<SecretRow>('SELECT * FROM secrets WHERE model = ? AND id = ?', model.uuid, id);
  if (!row) return null;
  const grants = model.db
    .all<{ target: string; relation: number }>(
      'SELECT target, relation FROM secret_grants WHERE model = ? AND secret = ? ORDER BY target, relation',
      model.uuid,
      id,
    )
    .map((grant) => ({ target: grant.target, relation: grant.relation < 0 ? null : grant.relation }));
  const { owner, label, name, description, rotation, expires, rotates, latest } = row;
  return { id, owner, label, name, description, rotation, expires, rotates, latest, grants };
}

export function secretContent(model: Model, id: string, revision: number): Record<string, string> | null {
  const row = model.db.get<{ content_json: string }>(
    'SELECT content_json FROM secret_revisions WHERE model = ? AND secret = ? AND revision = ?',
    model.uuid,
    id,
    revision,
  );
  return row ? JSON.parse(row.content_json) : null;
}

export function secretsOwnedBy(model: Model, owners: readonly string[]): string[] {
  const marks = owners.map(() => '?').join(', ');
  return model.db
    .all<{ id: string }>(
      `SELECT id FROM secrets WHERE model = ? AND owner IN (${marks}) ORDER BY created, id`,
      model.uuid,
      ...owners,
    )
    .map((row) => row.id);
}

/** A new secret with its first revision. */
export function addSecret(model: Model, change: SecretChange & { readonly name?: string }): void {
  refuseTakenLabel(model, change.id, change.owner ?? '', change.label ?? '');
  model.db.run(
    'INSERT INTO secrets (id, model, owner, label, name, description, rotation, expires, rotates, latest, created, updated) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 1, ?, ?)',
    change.id,
    model.uuid,
    change.owner ?? '',
    change.label ?? '',
    change.name ?? '',
    change.description ?? '',
    change.rotation ?? 'never',
    change.expires ?? null,
    nextRotation(change.rotation ?? 'never'),
    now(),
    now(),
  );
  addRevision(model, change.id, 1, change.content ?? {});
}

/** Content makes a new revision, of which each unit that has read the secret is told; the same content makes none. */
export function changeSecret(model: Model, change: SecretChange): void {
  const secret = findSecret(model, change.id);
  if (!secret) throw new CommitRefused(`secret "${change.id}" not found`);
  if (change.label !== undefined) refuseTakenLabel(model, change.id, secret.owner, change.label);
  const same =
    change.content &&
    JSON.stringify(sorted(change.content)) ===
      JSON.stringify(sorted(secretContent(model, change.id, secret.latest) ?? {}));
  const latest = change.content && !same ? secret.latest + 1 : secret.latest;
  model.db.run(
    'UPDATE secrets SET label = ?, description = ?, rotation = ?, expires = ?, rotates = ?, latest = ?, updated = ? WHERE model = ? AND id = ?',
    change.label ?? secret.label,
    change.description ?? secret.description,
    change.rotation ?? secret.rotation,
    change.expires ?? secret.expires,
    change.rotation === undefined ? secret.rotates : nextRotation(change.rotation),
    latest,
    now(),
    model.uuid,
    change.id,
  );
  if (latest === secret.latest) return;
  addRevision(model, change.id, latest, change.content!);
  const consumers = model.db.all<{ unit: string; label: string; notified: number }>(
    'SELECT unit, label, notified FROM secret_consumers WHERE model = ? AND secret = ?',
    model.uuid,
    change.id,
  );
  for (const consumer of consumers) {
    const unit = findUnit(model, consumer.unit);
    if (!unit || unit.life === 'dying') continue;
    queueEvent(model, unit.id, ranks.secret, {
      hook: 'secret-changed',
      secret: { uri: `secret:${change.id}`, label: consumer.label },
    });
    model.db.run(
      'UPDATE secret_consumers SET notified = ? WHERE model = ? AND secret = ? AND unit = ?',
      latest,
      model.uuid,
      change.id,
      unit.name,
    );
  }
  pruneNotices(model, change.id);
}

/** One revision, or with `null` the whole secret. */
export function removeSecret(model: Model, id: string, revision: number | null): void {
  if (revision !== null)
    model.db.run(
      'DELETE FROM secret_revisions WHERE model = ? AND secret = ? AND revision = ?',
      model.uuid,
      id,
      revision,
    );
  const left = model.db.get('SELECT 1 FROM secret_revisions WHERE model = ? AND secret = ?', model.uuid, id);
  if (revision === null || !left) model.db.run('DELETE FROM secrets WHERE model = ? AND id = ?', model.uuid, id);
}

export function grantSecret(model: Model, id: string, grant: SecretGrant): void {
  model.db.run(
    'INSERT OR IGNORE INTO secret_grants (model, secret, target, relation) VALUES (?, ?, ?, ?)',
    model.uuid,
    id,
    grant.target,
    grant.relation ?? -1,
  );
}

/** A null target or relation stands for every one. */
export function revokeSecret(model: Model, id: string, target: string | null, relation: number | null): void {
  model.db.run(
    'DELETE FROM secret_grants WHERE model = ? AND secret = ? AND target = coalesce(?, target) AND relation = coalesce(?, relation)',
    model.uuid,
    id,
    target,
    relation,
  );
}

/** As owner, as a unit of the owning application, or by a grant to the unit or its application. */
export function maySeeSecret(model: Model, unit: UnitRecord, id: string): boolean {
  const secret = findSecret(model, id);
  if (!secret) return false;
  const mine = [applicationTag(unit.applicationName), unitTag(unit.name)];
  return mine.includes(secret.owner) || secret.grants.some((grant) => mine.includes(grant.target));
}

export function consumed(model: Model, unit: string, id: string): { revision: number; label: string } | null {
  return (
    model.db.get<{ revision: number; label: string }>(
      'SELECT revision, label FROM secret_consumers WHERE model = ? AND secret = ? AND unit = ?',
      model.uuid,
      id,
      unit,
    ) ?? null
  );
}

/** The id of the secret that a unit knows by this label of its own. */
export function consumerLabel(model: Model, unit: string, label: string): string | null {
  return (
    model.db.get<{ secret: string }>(
      'SELECT secret FROM secret_consumers WHERE model = ? AND unit = ? AND label = ?',
      model.uuid,
      unit,
      label,
    )?.secret ?? null
  );
}

export function setConsumed(
  model: Model,
  unit: string,
  id: string,
  pin: { readonly revision: number; readonly label?: string },
): void {
  model.db.transact(() => {
    const before = consumed(model, unit, id);
    const label = pin.label ?? before?.label ?? '';
    if (before?.revision === pin.revision && before.label === label) return;
    model.db.run(
      `INSERT INTO secret_consumers (model, secret, unit, revision, notified, label) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT (model, secret, unit) DO UPDATE SET revision = excluded.revision, notified = max(notified, excluded.revision), label = excluded.label`,
      model.uuid,
      id,
      unit,
      pin.revision,
      pin.revision,
      label,
    );
    if (before && before.revision !== pin.revision) pruneNotices(model, id);
  });
}

function addRevision(model: Model, secret: string, revision: number, content: Readonly<Record<string, string>>): void {
  model.db.run(
    'INSERT INTO secret_revisions (model, secret, revision, content_json, created) VALUES (?, ?, ?, ?, ?)',
    model.uuid,
    secret,
    revision,
    JSON.stringify(content),
    now(),
  );
}

/** Tells the owner, once each, of old revisions that no unit is pinned to any more. User secrets have no such event. */
function pruneNotices(model: Model, id: string): void {
  const secret = findSecret(model, id);
  if (!secret) return;
  const owner = owningUnit(model, secret.owner);
  if (!owner) return;
  const unused = model.db.all<{ revision: number }>(
    `SELECT revision FROM secret_revisions r WHERE model = ? AND secret = ? AND revision < ?
     AND EXISTS (SELECT 1 FROM secret_consumers c WHERE c.model = r.model AND c.secret = r.secret)
     AND NOT EXISTS (SELECT 1 FROM secret_consumers c WHERE c.model = r.model AND c.secret = r.secret AND c.revision = r.revision)`,
    model.uuid,
    id,
    secret.latest,
  );
  for (const { revision } of unused) {
    queueEvent(model, owner.id, ranks.secret, {
      hook: 'secret-remove',
      secret: { uri: `secret:${id}`, label: secret.label, revision },
    });
  }
}

function owningUnit(model: Model, owner: string): UnitRecord | undefined {
  if (owner.startsWith('application-')) {
    const leader = findApplication(model, owner.slice('application-'.length))?.leader;
    return leader ? readUnit(model, leader) : undefined;
  }
  const match = /^unit-(.+)-([0-9]+)$/.exec(owner);
  return match ? findUnit(model, `${match[1]}/${match[2]}`) : undefined;
}

function refuseTakenLabel(model: Model, id: string, owner: string, label: string): void {
  if (label === '') return;
  const taken = model.db.get<{ id: string }>(
    'SELECT id FROM secrets WHERE model = ? AND owner = ? AND label = ? AND id <> ?',
    model.uuid,
    owner,
    label,
    id,
  );
  if (taken) throw new CommitRefused(`secret with label "${label}" already exists`);
}

const rotationHours: Readonly<Record<string, number>> = {
  hourly: 1,
  daily: 24,
  weekly: 168,
  monthly: 720,
  quarterly: 2160,
  yearly: 8760,
};

function nextRotation(policy: string): string | null {
  const hours = rotationHours[policy];
  return hours ? new Date(Date.now() + hours * 3_600_000).toISOString() : null;
}

function sorted(content: Readonly<Record<string, string>>): [string, string][] {
  return Object.entries(content).sort(([a], [b]) => (a < b ? -1 : 1));
}
