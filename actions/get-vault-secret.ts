import type { Facts } from '../charm/types.ts';
import type { ActionPlan } from './action.ts';
import { vaultRequest } from './vault-request.ts';

/** `get-vault-secret`: shows one key of a path in Vault. */
export function getVaultSecret(facts: Facts, params: Readonly<Record<string, unknown>>): ActionPlan {
  const refusal = '`path` and `key` are required parameters';
  return vaultRequest(facts, { params, names: ['path', 'key'], refusal });
}
