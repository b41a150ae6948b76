import type { Action } from './action.ts';
import { addVaultSecret } from './add-vault-secret.ts';
import { getVaultSecret } from './get-vault-secret.ts';
import { restart } from './restart.ts';

/** Every action of actions.yaml by its name. */
export const actions: Readonly<Record<string, Action>> = {
  restart,
  'add-vault-secret': addVaultSecret,
  'get-vault-secret': getVaultSecret,
};
