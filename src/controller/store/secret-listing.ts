import { createHash } from 'node:crypto';
import type { SecretListing } from '../secrets-api.ts';
import type { Model } from './models.ts';
import { canonical } from './secret-writes.ts';
import { findSecret, modelTag, secretContent } from './secrets.ts';

/** The name of the place that content is kept in: Juju's own for secrets in the controller's database. */
const backend = 'internal';

/** Ids of secrets, oldest first: all, or those of an owner (`application-worker`), or with a name or label. */
export function secretIds(model: Model, filter: { readonly owner?: string; readonly name?: string } = {}): string[] {
  return model.db
    .all<{ id: string }>(
      'SELECT id FROM secrets WHERE model = ? AND owner = coalesce(?, owner) AND coalesce(? IN (name, label), 1) ORDER BY created, id',
      model.uuid,
      filter.owner ?? null,
      filter.name ?? null,
    )
    .map((row) => row.id);
}

/** The id of the user secret of that name. */
export function userSecretByName(model: Model, name: string): string | null {
  const row = model.db.get<{ id: string }>(
    "SELECT id FROM secrets WHERE model = ? AND name = ? AND name <> ''",
    model.uuid,
    name,
  );
  return row?.id ?? null;
}

/** What `show-secret` tells of it; content only of the revision that is to be revealed. */
export function secretListing(model: Model, id: string, reveal: number | null): SecretListing {
  const secret = findSecret(model, id)!;
  const times = model.db.get<{ created: string; updated: string }>(
    'SELECT created, updated FROM secrets WHERE model = ? AND id = ?',
    model.uuid,
    id,
  )!;
  const revisions = model.db.all<{ revision: number; created: string; expires: string | null }>(
    'SELECT revision, created, expires FROM secret_revisions WHERE model = ? AND secret = ? ORDER BY revision',
    model.uuid,
    id,
  );
  const content = reveal === null ? null : secretContent(model, id, reveal);
  return {
    id,
    revision: secret.latest,
    owner: ownerName(model, secret.owner),
    ...(secret.name && { name: secret.name }),
    ...(secret.label && { label: secret.label }),
    ...(secret.description && { description: secret.description }),
    ...(secret.rotation !== 'never' && { rotation: secret.rotation }),
    ...(secret.rotates && { rotates: seconds(secret.rotates) }),
    ...(secret.expires && { expires: seconds(secret.expires) }),
    created: seconds(times.created),
    updated: seconds(times.updated),
    access: secret.grants.map(({ target, relation }) => ({
      target,
      scope: relation === null ? modelTag(model) : `relation-${relation}`,
      role: 'view' as const,
    })),
    revisions: revisions.map(({ revision, created, expires }) => ({
      revision,
      backend,
      created: seconds(created),
      updated: seconds(created),
      ...(expires && { expires: seconds(expires) }),
    })),
    ...(content && { content, checksum: checksum(secretContent(model, id, secret.latest) ?? {}) }),
  };
}

/** That of Juju: SHA-256 over Go's JSON of the keys in order, with the values in base64. */
function checksum(content: Readonly<Record<string, string>>): string {
  return createHash('sha256').update(canonical(content)).digest('hex');
}

function ownerName(model: Model, owner: string): string {
  if (owner === modelTag(model)) return '<model>';
  return owner.replace(/^application-/, '').replace(/^unit-(.+)-([0-9]+)$/, '$1/$2');
}

function seconds(time: string): string {
  return time.replace(/\.\d+Z$/, 'Z');
}
