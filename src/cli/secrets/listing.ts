import type { SecretListing } from '../../controller/secrets-api.ts';
import { naturalCompare } from '../natural.ts';
import { renderTable } from '../table.ts';
import { goYaml } from '../yaml.ts';

/** Which parts of a secret are told. */
export interface Parts {
  readonly access: boolean;
  readonly revisions: boolean;
}

/** The map from ids that Juju prints as JSON, its fields in Juju's order. */
export function secretsById(secrets: readonly SecretListing[], parts: Parts): Record<string, object> {
  return byId(secrets, parts, (time) => time, asText);
}

/** The same as YAML. */
export function secretsYaml(secrets: readonly SecretListing[], parts: Parts): string {
  return goYaml(byId(secrets, parts, (time) => new Date(time), asTextOrBytes));
}

/** Juju's table: by owner, those with more revisions first. */
export function secretsTable(secrets: readonly SecretListing[], now: Date): string {
  const sorted = [...secrets].sort(
    (a, b) => (a.owner === b.owner ? 0 : a.owner < b.owner ? -1 : 1) || b.revision - a.revision,
  );
  const rows = sorted.map((secret) => [
    secret.id,
    secret.name ?? '-',
    secret.owner,
    secret.rotation ?? 'never',
    String(secret.revision),
    ago(new Date(secret.updated), now),
  ]);
  return renderTable([['ID', 'Name', 'Owner', 'Rotation', 'Revision', 'Last updated'], ...rows], [4]);
}

function byId(
  secrets: readonly SecretListing[],
  parts: Parts,
  timeOf: (time: string) => unknown,
  contentOf: (base64: string) => unknown,
): Record<string, object> {
  const told = secrets.map((secret): [string, object] => [
    secret.id,
    {
      revision: secret.revision,
      ...(secret.checksum && { checksum: secret.checksum }),
      ...(secret.expires && { expires: timeOf(secret.expires) }),
      ...(secret.rotation && { rotation: secret.rotation }),
      ...(secret.rotates && { rotates: timeOf(secret.rotates) }),
      owner: secret.owner,
      ...(secret.description && { description: secret.description }),
      ...(secret.name && { name: secret.name }),
      ...(secret.label && { label: secret.label }),
      created: timeOf(secret.created),
      updated: timeOf(secret.updated),
      ...(secret.content && { content: inOrder(secret.content, contentOf) }),
      ...(parts.revisions && {
        revisions: secret.revisions.map(({ revision, backend, created, updated, expires }) => ({
          revision,
          backend,
          created: timeOf(created),
          updated: timeOf(updated),
          ...(expires && { expires: timeOf(expires) }),
        })),
      }),
      ...(parts.access && secret.access.length > 0 && { access: secret.access }),
    },
  ]);
  return Object.fromEntries(told.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Keys as Go's YAML library sorts them: `key2` before `key10`. */
function inOrder(
  content: Readonly<Record<string, string>>,
  contentOf: (base64: string) => unknown,
): Record<string, unknown> {
  const sorted = Object.entries(content).sort(([a], [b]) => naturalCompare(a, b));
  return Object.fromEntries(sorted.map(([key, value]) => [key, contentOf(value)]));
}

function asText(base64: string): string {
  return Buffer.from(base64, 'base64').toString();
}

/** What is no text stays bytes, which YAML writes as `!!binary`. */
function asTextOrBytes(base64: string): string | Uint8Array {
  const bytes = Buffer.from(base64, 'base64');
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return new Uint8Array(bytes);
  }
}

function ago(when: Date, now: Date): string {
  const seconds = Math.floor((now.getTime() - when.getTime()) / 1000);
  const count = (size: number, unit: string) => {
    const number = Math.floor(seconds / size);
    return `${number} ${unit}${number === 1 ? '' : 's'} ago`;
  };
  if (seconds >= 24 * 3600) return when.toISOString().slice(0, 10);
  if (seconds >= 3600) return count(3600, 'hour');
  if (seconds >= 60) return count(60, 'minute');
  return seconds >= 2 ? count(1, 'second') : 'just now';
}
