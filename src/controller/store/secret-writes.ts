import { CommitRefused, type SecretChange } from '../hook/model.ts';
import { type Model, now } from './models.ts';
import { nextRotation, settleUnused, tellConsumers } from './secret-events.ts';
import { contentPlace, findSecret, secretContent } from './secrets.ts';

/** A charm's change, and what only a user can say. */
type Change = SecretChange & { readonly name?: string; readonly autoPrune?: boolean };

/** A new secret with its first revision. Throws `CommitRefused` when the owner has another of that label. */
export function addSecret(model: Model, change: Change): void {
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
    nextRotation(change.rotation ?? 'never', new Date()),
    now(),
    now(),
  );
  addRevision(model, change, 1);
}

/** Content makes a new revision, of which each unit that has read the secret is told; the same content makes none. */
export function changeSecret(model: Model, change: Change): void {
  const secret = findSecret(model, change.id);
  if (!secret) throw new CommitRefused(`secret "${change.id}" not found`);
  if (change.label !== undefined) refuseTakenLabel(model, change.id, secret.owner, change.label);
  const isNew =
    change.content !== undefined &&
    canonical(change.content) !== canonical(secretContent(model, change.id, secret.latest) ?? {});
  const latest = isNew ? secret.latest + 1 : secret.latest;
  model.db.run(
    `UPDATE secrets SET label = ?, name = ?, description = ?, rotation = ?, expires = ?, rotates = ?, latest = ?,
     auto_prune = coalesce(?, auto_prune), updated = ? WHERE model = ? AND id = ?`,
    change.label ?? secret.label,
    change.name ?? secret.name,
    change.description ?? secret.description,
    change.rotation ?? secret.rotation,
    // A time belongs to one revision: the next one has none unless it is given one.
    change.expires ?? (isNew ? null : secret.expires),
    change.rotation === undefined ? secret.rotates : nextRotation(change.rotation, new Date()),
    latest,
    change.autoPrune === undefined ? null : Number(change.autoPrune),
    now(),
    model.uuid,
    change.id,
  );
  if (isNew) {
    addRevision(model, change, latest);
    tellConsumers(model, change.id);
  } else if (change.expires !== undefined) {
    model.db.run(
      'UPDATE secret_revisions SET expires = ?, expiry_told = NULL WHERE model = ? AND secret = ? AND revision = ?',
      change.expires,
      model.uuid,
      change.id,
      latest,
    );
  }
  if (isNew || change.autoPrune) settleUnused(model, change.id);
}

function addRevision(model: Model, change: Change, revision: number): void {
  model.db.run(
    'INSERT INTO secret_revisions (model, secret, revision, content_json, created, expires) VALUES (?, ?, ?, ?, ?, ?)',
    model.uuid,
    change.id,
    revision,
    model.db.seal.seal(canonical(change.content ?? {}), contentPlace(change.id, revision)),
    now(),
    change.expires ?? null,
  );
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

/** The same text for the same content, whatever the order of its keys: as Go writes a map. */
export function canonical(content: Readonly<Record<string, string>>): string {
  return JSON.stringify(Object.fromEntries(Object.entries(content).sort(([a], [b]) => (a < b ? -1 : 1))));
}
