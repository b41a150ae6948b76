import type { EnvironmentEntries } from '../environment/entries.ts';
import type { Variable } from '../environment/variable.ts';
import { healing, lasting, type Problem } from '../problem.ts';
import type { Secret } from '../secret.ts';
import { bring, type DatabagWrite, type Relations, type VaultAnswers, type VaultRelation } from './facts.ts';

/** How this unit gets at Vault. */
export interface VaultPlace {
  readonly url: string;
  readonly mount: string;
  /** In PEM. */
  readonly ca: string;
  readonly roleId: Secret;
  readonly roleSecretId: Secret;
}

const notReady = 'Unable to initialize vault client';

/** What vault-kv asks of the requirer: of the leader the mount's suffix, of each unit from where it calls and its nonce. */
export function vaultWrites({ vault }: Pick<Relations, 'vault'>, application: string): readonly DatabagWrite[] {
  if (vault === null) return [];
  const { id: relationId, own, unit, nonce, egressSubnet } = vault;
  const suffix = { relationId, application: true, data: { mount_suffix: application } };
  const asked = { relationId, application: false, data: { egress_subnet: egressSubnet, nonce: nonce ?? '' } };
  return [
    ...(own === null ? [] : bring(own, suffix)),
    ...(nonce === null || egressSubnet === '' ? [] : bring(unit, asked)),
  ];
}

/** The way to Vault, or what is in it. */
export function vaultPlace({ vault }: Pick<Relations, 'vault'>): VaultPlace | Problem {
  if (vault === null) return lasting('No vault relation found to fetch secrets from');
  const { vault_url: url = '', mount = '', ca_certificate: ca = '' } = vault.data;
  const { application, credentials } = vault;
  const missing = Object.entries({ vault_url: url, mount, ca_certificate: ca }).flatMap(([key, value]) =>
    value.trim() === '' ? [key] : [],
  );
  if (missing.length > 0)
    return healing(`${notReady}: ${application} has not told ${missing.join(', ')} yet (its status says why)`);
  if (!/^https:\/\/[^/?#\s]+\/?$/.test(url)) return healing(`${notReady}: ${application} told an address that is none`);
  if (credentials === null) return healing(noCredentials(vault));
  if (credentials.kind !== 'content')
    return healing(`${notReady}: the secret with this unit's credentials is ${credentialsState[credentials.kind]}`);
  const { 'role-id': roleId, 'role-secret-id': roleSecretId } = credentials.content;
  if (roleId === undefined || roleSecretId === undefined)
    return healing(`${notReady}: the secret with this unit's credentials lacks role-id or role-secret-id`);
  return { url, mount, ca, roleId, roleSecretId };
}

const credentialsState = {
  'not found': 'not there',
  'not granted': 'not granted to it',
  unknown: 'not readable',
} as const;

function noCredentials({ application, data }: VaultRelation): string {
  const malformed = data.credentials !== undefined && credentialsOf(data) === null;
  const why = malformed ? 'told credentials that are no JSON' : 'has not given this unit its credentials yet';
  return `${notReady}: ${application} ${why} (its status says why)`;
}

/** The map of nonces to the ids of secrets; null when it is none. */
export function credentialsOf(data: VaultRelation['data']): Readonly<Record<string, string>> | null {
  try {
    const read: unknown = JSON.parse(data.credentials ?? '{}');
    const good = typeof read === 'object' && read !== null && !Array.isArray(read);
    return good && Object.values(read).every((id) => typeof id === 'string') ? (read as Record<string, string>) : null;
  } catch {
    return null;
  }
}

/** Paths that the option `environment` needs, each once. */
export function vaultPaths(entries: EnvironmentEntries): readonly string[] {
  return [...new Set(entries.vault.map(({ path }) => path))];
}

/** The variables that come from Vault, as far as it has answered. */
export function fromVault(
  entries: EnvironmentEntries,
  answers: VaultAnswers,
): { readonly variables: readonly Variable[]; readonly problems: readonly Problem[] } {
  const problems: Problem[] = [];
  const variables: Variable[] = [];
  for (const { at, path, name, key } of entries.vault) {
    const answer = Object.hasOwn(answers, path) ? answers[path] : undefined;
    if (answer === undefined) continue;
    const cannot = (why: string) => healing(`Unable to read vault secret \`${key}\` at path \`${path}\`: ${why}`);
    if (answer.kind === 'refused') problems.push(healing(`Unable to read from vault: ${answer.why}`));
    else if (answer.kind === 'missing') problems.push(cannot('there is nothing at this path'));
    else if (!Object.hasOwn(answer.content, key)) problems.push(cannot('the path has no such key'));
    else {
      const value = answer.content[key] ?? null;
      if (value === null) problems.push(cannot('it is a list or a map (text is accepted)'));
      else variables.push({ name, value, source: `${at} (vault ${path}, key ${key})` });
    }
  }
  return { variables, problems };
}

/** The answer of a Vault that did not let the unit in. */
export function refusedEverywhere(paths: readonly string[], why: string): VaultAnswers {
  return Object.fromEntries(paths.map((path) => [path, { kind: 'refused', why }]));
}

export function isVaultPlace(found: VaultPlace | Problem): found is VaultPlace {
  return 'roleId' in found;
}
