import { mkdir, readFile, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { makeServerCertificate } from '../certificate-authority.ts';
import { keepFiles } from '../keep-files.ts';
import { authorityFile, type VaultServer } from './vault-api.ts';

/** Vault's configuration; it also marks our own server among all processes, and another port is another command line. */
export const configFile = ({ port, dataDir }: VaultServer): string => join(dataDir, `vault-${port}.hcl`);
export const storageDir = (dataDir: string): string => join(dataDir, 'storage');

/** Makes the certificates, once, and the configuration. What is there already is left. */
export async function ensureServerFiles(server: VaultServer): Promise<void> {
  const { dataDir } = server;
  await mkdir(storageDir(dataDir), { recursive: true, mode: 0o700 });
  const ca = await readFile(authorityFile(dataDir), 'utf8').catch(() => '');
  if (ca === '') {
    const made = await makeServerCertificate('vault-k8s', new Date());
    await keepFiles(dataDir, { 'tls.key': made.key, 'tls.crt': made.cert });
    // Last: where it is, the others are.
    await keepFiles(dataDir, { [basename(authorityFile(dataDir))]: made.ca });
  }
  await keepFiles(dataDir, { [basename(configFile(server))]: configuration(server) });
}

/** Everything that Vault stores is gone; it must not run. */
export async function forgetStorage(dataDir: string): Promise<void> {
  await rm(storageDir(dataDir), { recursive: true, force: true });
  await mkdir(storageDir(dataDir), { recursive: true, mode: 0o700 });
}

/**
 * Five logins with a secret id that has just been replaced would lock a unit out for 15 minutes, with the new one too:
 * nobody guesses a secret id, so nothing is locked. In HCL, whose strings are written as JSON's are.
 */
function configuration({ port, dataDir }: VaultServer): string {
  const text = (value: string) => JSON.stringify(value).replaceAll('${', '$${');
  return `ui            = true
disable_mlock = true
log_level     = "warn"
api_addr      = ${text(`https://127.0.0.1:${port}`)}
storage "file" {
  path = ${text(storageDir(dataDir))}
}
listener "tcp" {
  address       = ${text(`127.0.0.1:${port}`)}
  tls_cert_file = ${text(join(dataDir, 'tls.crt'))}
  tls_key_file  = ${text(join(dataDir, 'tls.key'))}
}
user_lockout "approle" {
  disable_lockout = "true"
}
`;
}
