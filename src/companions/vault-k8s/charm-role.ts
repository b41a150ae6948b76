import { readPrivate, writePrivate } from './private-files.ts';
import { ask, VaultRefusal, type VaultServer } from './vault-api.ts';

/** What this companion may do: manage the stores, policies and roles that begin with `charm-`, and nothing else. */
const policy = `path "charm-*" {
  capabilities = ["create", "read", "update", "list", "delete"]
}
path "sys/mounts/charm-*" {
  capabilities = ["create", "read", "update"]
}
path "sys/policies/acl/charm-*" {
  capabilities = ["create", "read", "update", "delete"]
}
path "auth/approle/role/charm-*" {
  capabilities = ["create", "read", "update", "list", "delete"]
}
`;
const policyName = 'charm-access';
const roleName = 'charm';

/**
 * Makes the AppRole by which this companion works from now on, as the charm's `authorize-charm` does. `token` must be
 * allowed to make policies and roles; it is not kept. Rejects with `VaultRefusal`.
 */
export async function authorise(server: VaultServer, token: string): Promise<void> {
  const as = (question: Omit<Parameters<typeof ask>[1], 'token'>) => ask(server, { ...question, token });
  try {
    await as({ method: 'POST', path: 'sys/auth/approle', body: { type: 'approle' } });
  } catch (error) {
    if (!(error instanceof VaultRefusal && error.message.startsWith('path is already in use'))) throw error;
  }
  await as({ method: 'POST', path: `sys/policies/acl/${policyName}`, body: { policy } });
  const role = { token_policies: [policyName, 'default'], token_ttl: '10m', token_max_ttl: '1h' };
  const path = `auth/approle/role/${roleName}`;
  await as({ method: 'POST', path, body: role });
  const [{ data: id }, { data: secret }] = await Promise.all([
    as({ method: 'GET', path: `${path}/role-id` }),
    as({ method: 'POST', path: `${path}/secret-id` }),
  ]);
  const { role_id } = id as { role_id: string };
  const { secret_id } = secret as { secret_id: string };
  await writePrivate(server.dataDir, 'charm-role.json', JSON.stringify({ role_id, secret_id }));
}

/** A token of this companion's own role; undefined where nobody has authorised it, or Vault knows the role no more. */
export async function charmToken(server: VaultServer): Promise<string | undefined> {
  const role = await readPrivate(server.dataDir, 'charm-role.json');
  if (role === undefined) return undefined;
  try {
    const { auth } = await ask(server, { method: 'POST', path: 'auth/approle/login', body: JSON.parse(role) });
    return (auth as { client_token?: string } | undefined)?.client_token;
  } catch (error) {
    if (error instanceof VaultRefusal && (error.status === 400 || error.status === 403)) return undefined;
    throw error;
  }
}
