import { open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** What of Vault's secrets lies in the unit's own directory, readable for its owner only. */
export type PrivateFile =
  /** Opens the seal; ours since we initialised Vault. */
  | 'unseal-key'
  /** For the user: all rights in Vault. */
  | 'root-token'
  /** JSON: the AppRole by which this companion manages stores and roles. */
  | 'charm-role.json';

/** Undefined where there is none. */
export async function readPrivate(dataDir: string, file: PrivateFile): Promise<string | undefined> {
  try {
    return (await readFile(join(dataDir, file), 'utf8')).trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** A crash leaves the old or the new file. */
export async function writePrivate(dataDir: string, file: PrivateFile, text: string): Promise<void> {
  const fresh = join(dataDir, `${file}.new`);
  await rm(fresh, { force: true });
  const handle = await open(fresh, 'wx', 0o600);
  try {
    await handle.writeFile(`${text}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(fresh, join(dataDir, file));
}
