import { access, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { authorise } from './charm-role.ts';
import { readPrivate, writePrivate } from './private-files.ts';
import { ask, type VaultServer, type VaultState, vaultState } from './vault-api.ts';

/** Stands while Vault is told to initialise itself: its answer, the only one with the keys, may get lost. */
const beginning = (dataDir: string) => join(dataDir, 'initialising');

/** Vault is initialised, by us, and nobody knows its key: a crash came in between. What it stores is nothing yet. */
export async function lostItsKey(server: VaultServer, state: VaultState): Promise<boolean> {
  if (state !== 'sealed' || (await readPrivate(server.dataDir, 'unseal-key')) !== undefined) return false;
  return access(beginning(server.dataDir)).then(
    () => true,
    () => false,
  );
}

/**
 * Initialises, unseals and authorises, as far as it has not been done and as far as the key is ours; resolves with the
 * state that this leads to. Rejects with `VaultRefusal`.
 */
export async function openVault(server: VaultServer, state: VaultState): Promise<VaultState> {
  if (state === 'uninitialised') await initialise(server);
  if (state !== 'unsealed') {
    const key = await readPrivate(server.dataDir, 'unseal-key');
    // Somebody else initialised it, and keeps the key.
    if (key === undefined) return vaultState(server);
    await ask(server, { method: 'POST', path: 'sys/unseal', body: { key } });
  }
  const token = await readPrivate(server.dataDir, 'root-token');
  if (token !== undefined && (await readPrivate(server.dataDir, 'charm-role.json')) === undefined) {
    await authorise(server, token);
  }
  return vaultState(server);
}

async function initialise(server: VaultServer): Promise<void> {
  const { dataDir } = server;
  await rm(join(dataDir, 'charm-role.json'), { force: true });
  await writeFile(beginning(dataDir), '', { mode: 0o600, flush: true });
  const body = { secret_shares: 1, secret_threshold: 1 };
  const answer = await ask(server, { method: 'POST', path: 'sys/init', body });
  const [key] = answer.keys_base64 as string[];
  await writePrivate(dataDir, 'root-token', String(answer.root_token));
  await writePrivate(dataDir, 'unseal-key', String(key));
  await rm(beginning(dataDir), { force: true });
}
