import { readFile } from 'node:fs/promises';
import { setting } from './setting.ts';

const remedy = 'docs/how-to/use-vault.md tells how to give it to the worker';
const path = 'sample';
const timeoutMs = 5000;

/** Writes a greeting into Vault, and answers the number of the version that it became. */
export async function keepGreeting(greeting: string): Promise<number> {
  const { client, place } = await logIn();
  const { data } = await told('write to Vault', () => client.write(place, { data: { greeting } }));
  return Number(data.version);
}

/** Reads that version back. */
export async function recallGreeting(version: number): Promise<string> {
  const { client, place } = await logIn();
  const { data } = await told('read from Vault', () => client.read(`${place}?version=${version}`));
  return String(data.data.greeting);
}

/** By a token or by an AppRole, under the names that Vault's own client and Vault's agent know. */
async function logIn() {
  // Takes a while to load, and a worker that never calls Vault should not wait for it.
  const { default: vault } = await import('node-vault');
  const { VAULT_TOKEN, VAULT_NAMESPACE, VAULT_MOUNT = 'secret', VAULT_CACERT, VAULT_CACERT_BYTES } = process.env;
  const ca = VAULT_CACERT_BYTES || (VAULT_CACERT && (await readFile(VAULT_CACERT, 'utf8')));
  const options = {
    endpoint: setting('VAULT_ADDR', remedy),
    requestOptions: { strictSSL: true, ...(ca && { ca }) },
    rpDefaults: { timeout: timeoutMs },
    // The library would print what it sends to whoever sets DEBUG.
    debug: () => undefined,
    ...(VAULT_TOKEN && { token: VAULT_TOKEN }),
    ...(VAULT_NAMESPACE && { namespace: VAULT_NAMESPACE }),
  };
  const client = vault(options as Parameters<typeof vault>[0]);
  if (!VAULT_TOKEN) {
    const role_id = setting('VAULT_ROLE_ID', `or VAULT_TOKEN: ${remedy}`);
    const secret_id = setting('VAULT_SECRET_ID', remedy);
    await told('log in to Vault', () => client.approleLogin({ role_id, secret_id }));
  }
  return { client, place: `${VAULT_MOUNT}/data/${path}` };
}

/** The library's error holds what was sent, and a failure stands in the workflow's history: only its words go on. */
async function told<T>(what: string, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    throw new Error(`cannot ${what}: ${(error as Error).message}`);
  }
}
