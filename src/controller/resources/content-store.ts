import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, mkdir, readdir, readlink, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { copyTree, removeTree } from '../copy-tree.ts';
import { codeOf } from '../errors.ts';

/**
 * Takes a directory into the store, once for each content: `<store>/<digest>/`. Only `.git` is left out. It appears
 * there by a rename, so it is complete or absent. Returns the digest of names, modes, symlinks and contents.
 */
export async function storeDirectory(options: {
  readonly from: string;
  readonly store: string;
  readonly scratch: string;
}): Promise<{ digest: string; path: string }> {
  await Promise.all(
    [options.store, options.scratch].map((directory) => mkdir(directory, { recursive: true, mode: 0o700 })),
  );
  // Copied first and hashed after, so that a file which changes meanwhile cannot spoil the address.
  const copy = join(options.scratch, randomUUID());
  try {
    await copyTree(options.from, copy, { without: ['.git'] });
    const digest = await digestTree(copy);
    const path = join(options.store, digest);
    try {
      await rename(copy, path);
    } catch (error) {
      if (!['ENOTEMPTY', 'EEXIST'].includes(codeOf(error) ?? '')) throw error;
    }
    return { digest, path };
  } finally {
    await removeTree(copy);
  }
}

/** SHA-256 over every entry's path, kind, permission bits and content, in a fixed order. */
export async function digestTree(directory: string): Promise<string> {
  const hash = createHash('sha256');
  const visit = async (path: string, name: string): Promise<void> => {
    const found = await lstat(path);
    const mode = (found.mode & 0o777).toString(8);
    if (found.isDirectory()) {
      hash.update(`d ${mode} ${JSON.stringify(name)}\n`);
      for (const child of (await readdir(path)).sort()) await visit(join(path, child), `${name}/${child}`);
    } else if (found.isSymbolicLink()) {
      hash.update(`l ${JSON.stringify(name)} ${JSON.stringify(await readlink(path))}\n`);
    } else if (found.isFile()) {
      hash.update(`f ${mode} ${found.size} ${JSON.stringify(name)}\n`);
      for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
    }
  };
  await visit(directory, '.');
  return hash.digest('hex');
}
