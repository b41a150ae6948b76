/**
 * `node check-vault-state.ts PORT DIR STATE`: ends well while our Vault is as the companion saw it last. The companion's check
 * runs it, so that whatever happens to Vault, a seal by hand too, becomes an event.
 */
import { vaultState } from '../companions/vault-k8s/vault-api.ts';

const [port = '', dataDir = '', expected] = process.argv.slice(2);
const state = await vaultState({ port: Number(port), dataDir });
if (state !== expected) {
  console.error(`vault is ${state}, not ${expected}`);
  process.exitCode = 1;
}
