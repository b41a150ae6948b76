import type { Databag } from '../../hookcmds/index.ts';

/** What a requirer asks for in its application's databag. */
export interface DatabaseRequest {
  readonly database: string;
  readonly extraRoles: readonly string[];
  /** The fields that it wants in secrets, not as plain text. */
  readonly requestedSecrets: readonly string[];
}

/** Which field belongs to which secret of the interface. */
const secretGroups = { user: ['username', 'password', 'uris'], tls: ['tls', 'tls-ca'] } as const;
export type SecretGroup = keyof typeof secretGroups;

/** Longer ones would have no room for their owner's name in PostgreSQL's 63 bytes. */
const longestName = 49;
const reserved = ['databases', 'postgres', 'template0', 'template1'];

/**
 * Reads a requirer's databag; undefined while it asks for nothing yet. `problem` is why it cannot be served, in the
 * charm's own words where it has some.
 */
export function parseRequest(bag: Databag): DatabaseRequest | { readonly problem: string } | undefined {
  const { database } = bag;
  if (!database) return undefined;
  if (Buffer.byteLength(database) > longestName || reserved.includes(database) || database.includes('\0')) {
    return { problem: 'invalid database name' };
  }
  const requestedSecrets = parseNames(bag['requested-secrets'] ?? '[]');
  if (!requestedSecrets) return { problem: 'requested-secrets is no JSON list of names' };
  const extraRoles = (bag['extra-user-roles'] ?? '').split(',').map((role) => role.trim().toLowerCase());
  return { database, requestedSecrets, extraRoles: [...new Set(extraRoles)].filter((role) => role !== '').sort() };
}

function parseNames(text: string): readonly string[] | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) && value.every((each) => typeof each === 'string') ? value : undefined;
  } catch {
    return undefined;
  }
}

/** What a relation is given: a field of the databag each, or of a secret when that was asked for. */
export interface Credentials {
  readonly username: string;
  readonly password: string;
  readonly uris: string;
  readonly tls: string;
  readonly 'tls-ca': string;
}

/** Divides the credentials into secrets and plain fields, as the requirer asked. */
export function divide(
  credentials: Credentials,
  requested: readonly string[],
): { readonly secrets: Readonly<Partial<Record<SecretGroup, Databag>>>; readonly plain: Databag } {
  const secrets: Partial<Record<SecretGroup, Databag>> = {};
  const plain: Record<string, string> = {};
  for (const [group, fields] of Object.entries(secretGroups) as [SecretGroup, readonly (keyof Credentials)[]][]) {
    for (const field of fields) {
      if (requested.includes(field)) secrets[group] = { ...secrets[group], [field]: credentials[field] };
      else plain[field] = credentials[field];
    }
  }
  return { secrets, plain };
}

/** The connection text of PostgreSQL's own clients. */
export function connectionUri(options: {
  readonly username: string;
  readonly password: string;
  readonly endpoint: string;
  readonly database: string;
}): string {
  const [user, password, database] = [options.username, options.password, options.database].map(encodeURIComponent);
  return `postgresql://${user}:${password}@${options.endpoint}/${database}`;
}
