import type { Facts } from '../charm/types.ts';
import type { ActionPlan } from './action.ts';
import { vaultRequest } from './vault-request.ts';

/** `add-vault-secret`: sets one key of a path in Vault and leaves the path's other keys. */
export function addVaultSecret(facts: Facts, params: Readonly<Record<string, unknown>>): ActionPlan {
  const refusal = '`path`, `key` and `value` are required parameters';
  return vaultRequest(facts, { params, names: ['path', 'key', 'value'], refusal });
}
