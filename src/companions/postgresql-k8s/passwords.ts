import { createHash, createHmac, pbkdf2Sync, randomBytes, timingSafeEqual } from 'node:crypto';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** User name -> password: what the server and the secrets are brought to. */
export type Passwords = Readonly<Record<string, string>>;

/** The entry that holds the administrator's new password while the server changes over to it. */
export const nextAdministrator = 'operator-next';

const passwordsFile = (dataDir: string) => join(dataDir, 'passwords.json');

/** Reads them from the unit's own directory; empty where nothing was written yet. */
export async function readPasswords(dataDir: string): Promise<Passwords> {
  const text = await readFile(passwordsFile(dataDir), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '{}';
    throw error;
  });
  return JSON.parse(text) as Passwords;
}

/** Writes them, readable for the owner only; a crash leaves the old or the new file. */
export async function writePasswords(dataDir: string, passwords: Passwords): Promise<void> {
  const fresh = `${passwordsFile(dataDir)}.new`;
  await rm(fresh, { force: true });
  await writeFile(fresh, JSON.stringify(passwords), { mode: 0o600, flush: true });
  await rename(fresh, passwordsFile(dataDir));
}

/** What PostgreSQL stores of a password: it is sent in this form, so that no log of statements can hold the password. */
export function scramVerifier(password: string, salt: Buffer = randomBytes(16), iterations = 4096): string {
  const salted = pbkdf2Sync(password, salt, iterations, 32, 'sha256');
  const hmac = (text: string) => createHmac('sha256', salted).update(text).digest();
  const storedKey = createHash('sha256').update(hmac('Client Key')).digest('base64');
  const serverKey = hmac('Server Key').toString('base64');
  return `SCRAM-SHA-256$${iterations}:${salt.toString('base64')}$${storedKey}:${serverKey}`;
}

/** Does PostgreSQL's verifier belong to this password? */
export function isPasswordOf(verifier: string | null | undefined, password: string): boolean {
  const [, iterations, salt] = /^SCRAM-SHA-256\$(\d+):([^$]+)\$/.exec(verifier ?? '') ?? [];
  if (!iterations || !salt) return false;
  const [given, wanted] = [verifier!, scramVerifier(password, Buffer.from(salt, 'base64'), Number(iterations))];
  return given.length === wanted.length && timingSafeEqual(Buffer.from(given), Buffer.from(wanted));
}
