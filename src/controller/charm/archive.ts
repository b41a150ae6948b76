import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { chmod, mkdir, symlink } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { type Entry, openPromise, type ZipFile } from 'yauzl';
import { removeTree } from '../copy-tree.ts';
import { messageOf, UserError } from '../errors.ts';
import type { Paths } from '../paths.ts';
import { scratchDir } from '../places.ts';

/** File type bits of the Unix mode that a zip keeps in the upper half of an entry's external attributes. */
const kinds = { mask: 0o170000, file: 0o100000, directory: 0o040000, symlink: 0o120000 };
/** A charm with a Node and libraries is 150 MB; this is for archives that mean harm. */
const maxBytes = 4 * 2 ** 30;

/**
 * Unpacks a `.charm` (a zip) as Juju does: directories, files with their mode bits, and symlinks that stay inside.
 * Anything else, or a name that leads out, is refused. `dispose` removes what was unpacked.
 */
export async function unpackCharm(
  paths: Paths,
  archive: string,
): Promise<{ directory: string; dispose: () => Promise<void> }> {
  const directory = join(scratchDir(paths), randomUUID());
  const dispose = (): Promise<void> => removeTree(directory);
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const zip = await openPromise(archive, { lazyEntries: true, autoClose: false });
    try {
      await unpack(zip, directory);
    } finally {
      zip.close();
    }
    return { directory, dispose };
  } catch (error) {
    await dispose();
    if (error instanceof UserError)
      throw new UserError(`cannot unpack "${archive}": ${error.message}`, { cause: error });
    throw new UserError(`cannot unpack "${archive}": ${messageOf(error)} (a .charm is a zip archive)`, {
      cause: error,
    });
  }
}

async function unpack(zip: ZipFile, directory: string): Promise<void> {
  let total = 0;
  // Symlinks last, so that no entry can be written through one.
  const links: { readonly name: string; readonly target: string }[] = [];
  for await (const entry of zip.eachEntry()) {
    const name = normalize(entry.fileName).replace(/\/$/, '');
    if (name === '.' || name === '') continue;
    if (name.startsWith('..') || name.startsWith('/'))
      throw new UserError(`"${entry.fileName}" leads out of the archive`);
    total += entry.uncompressedSize;
    if (total > maxBytes) throw new UserError('its content is larger than 4 GiB');
    const mode = entry.externalFileAttributes >>> 16;
    const kind = kindOf(entry, mode);
    const path = join(directory, name);
    if (kind === kinds.directory) {
      await mkdir(path, { recursive: true });
    } else if (kind === kinds.symlink) {
      links.push({ name, target: await text(await zip.openReadStreamPromise(entry)) });
    } else if (kind === kinds.file) {
      await mkdir(dirname(path), { recursive: true });
      await pipeline(await zip.openReadStreamPromise(entry), createWriteStream(path, { flags: 'wx' }));
      // Juju mends the x bit of hooks, and of nothing else.
      await chmod(path, (mode & 0o777) | 0o600 | (name.startsWith('hooks/') ? 0o100 : 0) || 0o644);
    } else {
      throw new UserError(`"${entry.fileName}" is neither a file nor a directory nor a symlink`);
    }
  }
  for (const { name, target } of links) {
    const end = normalize(join(dirname(name), target));
    if (target.startsWith('/') || end.startsWith('..'))
      throw new UserError(`symlink "${name}" leads out of the archive, to "${target}"`);
    await mkdir(dirname(join(directory, name)), { recursive: true });
    await symlink(target, join(directory, name));
  }
}

function kindOf(entry: Entry, mode: number): number {
  if (entry.fileName.endsWith('/')) return kinds.directory;
  return (mode & kinds.mask) === 0 ? kinds.file : mode & kinds.mask;
}
