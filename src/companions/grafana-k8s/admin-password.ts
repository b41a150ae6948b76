import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { newPassword } from '../new-password.ts';
import { places } from './provisioning.ts';

/** The administrator's password, in a file that only the owner may read; made at the first call. */
export async function adminPassword(dataDir: string): Promise<string> {
  const before = await readAdminPassword(dataDir);
  if (before) return before;
  const path = join(dataDir, places.password);
  const password = newPassword();
  await writeFile(`${path}.new`, password, { mode: 0o600, flush: true });
  await rename(`${path}.new`, path);
  return password;
}

/** Undefined where none was made yet. */
export async function readAdminPassword(dataDir: string): Promise<string | undefined> {
  const text = await readFile(join(dataDir, places.password), 'utf8').catch(() => '');
  return text.trim() || undefined;
}
