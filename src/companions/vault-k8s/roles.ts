import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SecretContent } from '../../hookcmds/index.ts';
import { roleOf, type StoreRequest } from './requests.ts';
import { ask, type Question, VaultRefusal, type VaultServer } from './vault-api.ts';

/** Vault, with a token of this companion's role. */
export interface OpenVault {
  readonly server: VaultServer;
  readonly token: string;
}

const as = ({ server, token }: OpenVault, question: Omit<Question, 'token'>) => ask(server, { ...question, token });
const rolePath = (role: string) => `auth/approle/role/${role}`;
const policyPath = (role: string) => `sys/policies/acl/${role}`;

/** Everything below the store, and what its command line and web UI ask first. */
const policyFor = (mount: string) => `path "${mount}/*" {
  capabilities = ["create", "read", "update", "delete", "list"]
}
path "sys/internal/ui/mounts/${mount}" {
  capabilities = ["read"]
}
`;

/** Makes the application's store, where there is none. One that is of another kind is refused. */
export async function ensureStore(vault: OpenVault, mount: string): Promise<void> {
  const there = await orUndefined(as(vault, { method: 'GET', path: `sys/mounts/${mount}` }), [400, 404]);
  if (there) {
    const { type, options } = there as { type?: string; options?: { version?: string } | null };
    if (type === 'kv' && options?.version === '2') return;
    throw new VaultRefusal(400, `"${mount}" is no KV version 2 store`);
  }
  await as(vault, { method: 'POST', path: `sys/mounts/${mount}`, body: { type: 'kv', options: { version: '2' } } });
}

/**
 * The unit's role and a secret id for it, both bound to where the unit calls from. What it has (`now`) is kept while
 * Vault knows it with just this binding; otherwise there is a new one, and those before it end.
 */
export async function ensureRole(
  vault: OpenVault,
  request: StoreRequest,
  now: SecretContent | undefined,
): Promise<SecretContent> {
  const role = roleOf(request);
  const ranges = request.ranges;
  if (now && (await isInForce(vault, request, now))) return now;
  await as(vault, { method: 'POST', path: policyPath(role), body: { policy: policyFor(request.mount) } });
  const bound = { token_bound_cidrs: ranges, secret_id_bound_cidrs: ranges };
  const rights = { bind_secret_id: true, token_policies: [role], token_ttl: '1h', token_max_ttl: '1h' };
  await as(vault, { method: 'POST', path: rolePath(role), body: { ...rights, ...bound } });
  const before = await accessors(vault, role);
  const made = await as(vault, { method: 'POST', path: `${rolePath(role)}/secret-id`, body: { cidr_list: ranges } });
  const { data: id } = await as(vault, { method: 'GET', path: `${rolePath(role)}/role-id` });
  const path = `${rolePath(role)}/secret-id-accessor/destroy`;
  for (const accessor of before) {
    await as(vault, { method: 'POST', path, body: { secret_id_accessor: accessor } });
  }
  const { role_id } = id as { role_id: string };
  const { secret_id } = made.data as { secret_id: string };
  return { 'role-id': role_id, 'role-secret-id': secret_id };
}

async function isInForce(vault: OpenVault, request: StoreRequest, now: SecretContent): Promise<boolean> {
  const role = roleOf(request);
  const path = `${rolePath(role)}/secret-id/lookup`;
  const body = { secret_id: now['role-secret-id'] ?? '' };
  const [id, policy] = await Promise.all([
    // An unknown secret id is an empty answer, an unknown role a refusal.
    orUndefined(as(vault, { method: 'POST', path, body }), [400, 404, 500]),
    orUndefined(as(vault, { method: 'GET', path: policyPath(role) }), [404]),
  ]);
  const { cidr_list: list } = (id?.data ?? {}) as { cidr_list?: readonly string[] };
  const { policy: text } = (policy?.data ?? {}) as { policy?: string };
  return list !== undefined && [...list].sort().join() === request.ranges.join() && text === policyFor(request.mount);
}

async function accessors(vault: OpenVault, role: string): Promise<readonly string[]> {
  const found = await orUndefined(as(vault, { method: 'GET', path: `${rolePath(role)}/secret-id?list=true` }), [404]);
  return ((found?.data as { keys?: readonly string[] } | undefined)?.keys ?? []) as readonly string[];
}

/**
 * Ends a unit's way in. Without its policy the tokens that it holds are good for nothing, from this moment on; without
 * its role there are no new ones.
 */
export async function endRole(vault: OpenVault, role: string): Promise<void> {
  await as(vault, { method: 'DELETE', path: policyPath(role) });
  await as(vault, { method: 'DELETE', path: rolePath(role) });
}

async function orUndefined<T>(asked: Promise<T>, statuses: readonly number[]): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof VaultRefusal && statuses.includes(error.status)) return undefined;
    throw error;
  }
}

const rolesFile = (dataDir: string) => join(dataDir, 'roles.json');

/** Names of the roles that this companion made: others that begin with `charm-` are somebody else's. */
export async function madeRoles(dataDir: string): Promise<readonly string[]> {
  const text = await readFile(rolesFile(dataDir), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '[]';
    throw error;
  });
  return JSON.parse(text) as readonly string[];
}

/** Written before a role is made and after it has ended, so that a crash forgets none. */
export async function rememberRoles(dataDir: string, roles: readonly string[]): Promise<void> {
  const fresh = `${rolesFile(dataDir)}.new`;
  await writeFile(fresh, JSON.stringify([...new Set(roles)].sort()), { mode: 0o600, flush: true });
  await rename(fresh, rolesFile(dataDir));
}
