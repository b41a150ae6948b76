import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { removeTree } from './copy-tree.ts';
import type { Paths } from './paths.ts';
import { charmsDir, scratchDir, storeDir } from './places.ts';
import { usedCharmDirectories } from './store/charms.ts';
import type { Database } from './store/database.ts';
import { usedDigests } from './store/resources.ts';

/**
 * Removes copies of charms and resources that no application or unit uses any more, and what was being copied when a
 * controller was killed. Only at the start, while nothing is deployed: what is copied is not in the model yet.
 */
export async function removeUnused(db: Database, paths: Paths): Promise<void> {
  const used = new Set([...usedDigests(db), ...usedCharmDirectories(db).map((directory) => basename(directory))]);
  const kept = await Promise.all(
    [storeDir(paths), charmsDir(paths)].map(async (directory) => {
      const names = await readdir(directory).catch(() => []);
      return names.map((name) => join(directory, name));
    }),
  );
  const unused = kept.flat().filter((path) => !used.has(basename(path)));
  await Promise.all([scratchDir(paths), ...unused].map(removeTree));
}
