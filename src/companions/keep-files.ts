import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/**
 * Makes the files be what they should: writes those that differ, each in one step, and removes all others of the
 * directories in `only`. Paths are relative to `root`. Answers whether anything was written; what is in them may be
 * secret, so nobody else may read them.
 */
export async function keepFiles(
  root: string,
  files: Readonly<Record<string, string>>,
  only: readonly string[] = [],
): Promise<boolean> {
  let changed = false;
  for (const [path, text] of Object.entries(files)) {
    const target = join(root, path);
    if ((await readFile(target, 'utf8').catch(() => undefined)) === text) continue;
    await mkdir(dirname(target), { recursive: true, mode: 0o700 });
    await writeFile(`${target}.new`, text, { mode: 0o600 });
    await rename(`${target}.new`, target);
    changed = true;
  }
  for (const directory of only) {
    for (const name of await readdir(join(root, directory)).catch(() => [])) {
      if (join(directory, name) in files) continue;
      await rm(join(root, directory, name), { recursive: true, force: true });
      changed = true;
    }
  }
  return changed;
}
