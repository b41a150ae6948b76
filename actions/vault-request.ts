import { applicationOf } from '../charm/application.ts';
import { isVaultPlace, vaultPlace } from '../charm/relations/vault.ts';
import type { Facts } from '../charm/types.ts';
import type { ActionPlan } from './action.ts';

type Params = Readonly<Record<string, unknown>>;

/** The request to Vault that an action's parameters ask for, or why there can be none. The order is that of charm 1.0. */
export function vaultRequest(
  facts: Facts,
  of: { readonly params: Params; readonly names: readonly string[]; readonly refusal: string },
): ActionPlan {
  if (!facts.workload.known) return { refused: 'Failed to connect to the container' };
  if (facts.relations.vault === null)
    return { refused: `No vault relation found — run: integrate ${applicationOf(facts.unit)} vault-k8s` };
  const given = of.names.map((name) => of.params[name]);
  if (!given.every((value) => typeof value === 'string' && value !== '')) return { refused: of.refusal };
  const [path, key, value] = given as string[];
  if (path === undefined || key === undefined) return { refused: of.refusal };
  if (/(^|\/)\.{1,2}(\/|$)|^\/|\/$|\/\//.test(path))
    return { refused: `cannot use path ${JSON.stringify(path)} (a path such as my-secrets)` };
  const place = vaultPlace(facts.relations);
  return isVaultPlace(place) ? { vault: { place, path, key, value: value ?? null } } : { refused: place.text };
}
