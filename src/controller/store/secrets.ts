import type { SecretGrant, SecretRecord } from '../hook/model.ts';
import type { Model } from './models.ts';
import type { UnitRecord } from './units.ts';

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
/** The owner of secrets that users add. */
export const modelTag = (model: Model): string => `model-${model.uuid}`;

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

/** Key -> value in base64; null when there is no such revision. */
export function secretContent(model: Model, id: string, revision: number): Record<string, string> | null {
  const row = model.db.get<{ content_json: string }>(
    'SELECT content_json FROM secret_revisions WHERE model = ? AND secret = ? AND revision = ?',
    model.uuid,
    id,
    revision,
  );
  return row ? JSON.parse(model.db.seal.open(row.content_json, contentPlace(id, revision))) : null;
}

/** What a revision's content is sealed for. */
export const contentPlace = (id: string, revision: number): string => `${id}/${revision}`;

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

/** One revision, or with `null` the whole secret. Events about it that were not told yet are told no more. */
export function removeSecret(model: Model, id: string, revision: number | null): void {
  const { db, uuid } = model;
  if (revision !== null)
    db.run('DELETE FROM secret_revisions WHERE model = ? AND secret = ? AND revision = ?', uuid, id, revision);
  const left = db.get('SELECT 1 FROM secret_revisions WHERE model = ? AND secret = ?', uuid, id);
  const isWhole = revision === null || !left;
  if (isWhole) db.run('DELETE FROM secrets WHERE model = ? AND id = ?', uuid, id);
  db.run(
    `DELETE FROM events WHERE state = 'pending' AND json_extract(event_json, '$.secret.uri') IN (?, ?)
     AND coalesce(?, json_extract(event_json, '$.secret.revision')) IS json_extract(event_json, '$.secret.revision')`,
    `secret:${id}`,
    `secret://${uuid}/${id}`,
    isWhole ? null : revision,
  );
}

/** What goes with a unit or an application. */
export function removeSecretsOf(model: Model, owner: string): void {
  for (const id of secretsOwnedBy(model, [owner])) removeSecret(model, id, null);
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
