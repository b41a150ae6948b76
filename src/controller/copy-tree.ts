import { constants } from 'node:fs';
import { chmod, copyFile, link, lstat, mkdir, readdir, readlink, rm, symlink, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { codeOf, UserError } from './errors.ts';

export interface CopyOptions {
  /** Names that are left out wherever they occur. */
  readonly without?: readonly string[];
  /** Files of at least so many bytes become hard links where the file system allows it. Only for trees that nobody writes in. */
  readonly linkFrom?: number;
}

/**
 * Copies a directory with modes, times of change and symlinks; shares blocks where the file system can. `to` must not exist. Sockets,
 * pipes and devices are left out, as an image has none.
 */
export async function copyTree(from: string, to: string, options: CopyOptions = {}): Promise<void> {
  await mkdir(to, { recursive: true, mode: 0o755 });
  const entries = (await readdir(from, { withFileTypes: true })).filter(
    (entry) => !options.without?.includes(entry.name),
  );
  await eachOf(entries, async (entry) => {
    const source = join(from, entry.name);
    const target = join(to, entry.name);
    if (entry.isDirectory()) await copyTree(source, target, options);
    else if (entry.isSymbolicLink()) await symlink(await readlink(source), target);
    else if (entry.isFile()) await copyOne(source, target, options.linkFrom);
  });
  const { mode } = await lstat(from);
  // Whoever owns the copy must be able to remove it again.
  await chmod(to, (mode & 0o777) | 0o700);
}

async function copyOne(source: string, target: string, linkFrom: number | undefined): Promise<void> {
  const found = await lstat(source);
  if (linkFrom !== undefined && found.size >= linkFrom) {
    try {
      await link(source, target);
      return;
    } catch (error) {
      // Another file system, or hard links to files of others are forbidden: copy.
      if (!['EXDEV', 'EPERM', 'EMLINK', 'ENOTSUP', 'EACCES'].includes(codeOf(error) ?? '')) throw error;
    }
  }
  try {
    await copyFile(source, target, constants.COPYFILE_FICLONE);
    await chmod(target, found.mode & 0o777);
    // By these Python knows whether what it has compiled is still what lies beside it.
    await utimes(target, found.atime, found.mtime);
  } catch (error) {
    if (codeOf(error) === 'ENOSPC')
      throw new UserError(`cannot copy ${source}: no space left on the disk of ${target}`, { cause: error });
    throw error;
  }
}

/**
 * Removes a directory or file whatever is in it, also directories that a workload has made read-only, as a Go module
 * cache is; a missing one is fine. Throws the system's error, with the path that could not be removed.
 */
export async function removeTree(path: string): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      // Not with its own retries: it retries at each level of the tree, so that their number grows with its depth.
      return await rm(path, { recursive: true, force: true });
    } catch (error) {
      if (tries === mostTries) throw error;
      await openDirectories(path);
      await sleep(retryDelayMs);
    }
  }
}

/** A process that is about to end may still write in it. */
const mostTries = 4;
const retryDelayMs = 50;

/** Gives their owner every right over the directories of a tree, as far as they are ours. */
async function openDirectories(path: string): Promise<void> {
  const found = await lstat(path).catch(() => undefined);
  if (!found?.isDirectory()) return;
  await chmod(path, (found.mode & 0o777) | 0o700).catch(() => undefined);
  const names = await readdir(path).catch(() => []);
  await eachOf(names, (name) => openDirectories(join(path, name)));
}

/** At most 16 at a time, so that a large tree opens few files at once. */
async function eachOf<T>(items: readonly T[], body: (item: T) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < items.length) await body(items[next++]!);
  };
  await Promise.all(Array.from({ length: Math.min(16, items.length) }, worker));
}
