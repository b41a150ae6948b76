import { chmod, chown, lstat, mkdir, open, readdir, rename, rm, rmdir, stat, unlink } from 'node:fs/promises';
import { isAbsolute, posix } from 'node:path';
import type { Readable } from 'node:stream';
import type { FileInfo, FileType, Owner } from '../../pebble/types.ts';
import { groupName, runAs, userName } from '../process/identity.ts';
import type { WorkloadPaths } from '../workload/paths.ts';
import { matchesPattern } from './glob.ts';

/** Something that was refused for one path; Pebble puts it beside the path in the answer. */
export class FileError extends Error {
  readonly kind: 'not-found' | 'permission-denied' | 'generic-file-error';

  constructor(message: string, kind: FileError['kind'] = 'generic-file-error') {
    super(message);
    this.kind = kind;
  }
}

export interface WriteItem extends Owner {
  readonly path: string;
  readonly 'make-dirs'?: boolean;
  readonly permissions?: string;
}

export interface MakeDirItem extends Owner {
  readonly path: string;
  readonly 'make-parents'?: boolean;
  readonly permissions?: string;
}

/** The files API on the workload's paths. Everything rejects with `FileError` whose text is that of Go's os package. */
export class FileCalls {
  readonly #paths: WorkloadPaths;

  constructor(paths: WorkloadPaths) {
    this.#paths = paths;
  }

  /** Its content, to be read to the end or destroyed. */
  async read(path: string): Promise<Readable> {
    mustBeAbsolute(path);
    const real = this.#paths.toRead(path);
    const info = await stat(real).catch(fail('stat', path));
    if (!info.isFile()) throw new FileError(`can only read a regular file: "${path}"`);
    return (await open(real).catch(fail('open', path))).createReadStream();
  }

  async list(path: string, { pattern, itself }: { pattern: string; itself: boolean }): Promise<FileInfo[]> {
    const info = await stat(this.#paths.toRead(path)).catch(fail('stat', path));
    if (!info.isDirectory() || itself) {
      const name = posix.basename(path);
      return matches(name, pattern) ? [await this.#info(posix.normalize(path), { follow: true })] : [];
    }
    const names = await this.#names(path);
    return Promise.all(
      names
        .filter((name) => matches(name, pattern))
        .map((name) => this.#info(posix.join(path, name), { follow: false })),
    );
  }

  /** Writes by way of a new file that is renamed, so that a reader sees the old content or the new one. */
  async write(item: WriteItem, content: Buffer): Promise<void> {
    mustBeAbsolute(item.path);
    const owner = this.#ownerOf(item);
    const parent = posix.dirname(item.path);
    if (item['make-dirs']) await this.#makeAll(parent, 0o755, owner).catch(prefixed('cannot create directory'));
    else await this.#shadowParent(item.path, 'open');
    const mode = permissionsOf(item.permissions, 0o644);
    const real = this.#paths.toWrite(item.path);
    const temporary = `${real}.${process.pid}.${counter++}~`;
    const file = await open(temporary, 'wx', 0o600).catch(fail('open', item.path));
    try {
      await file.writeFile(content);
      await file.chmod(mode);
      if (owner) await file.chown(owner.uid, owner.gid);
      await rename(temporary, real);
    } catch (error) {
      await rm(temporary, { force: true });
      fail('rename', item.path)(error as Error);
    } finally {
      await file.close();
    }
  }

  async makeDir(item: MakeDirItem): Promise<void> {
    mustBeAbsolute(item.path);
    const mode = permissionsOf(item.permissions, 0o755);
    const owner = this.#ownerOf(item);
    if (item['make-parents']) return this.#makeAll(item.path, mode, owner);
    await this.#shadowParent(item.path, 'mkdir');
    const there = await stat(this.#paths.toRead(item.path)).catch(() => null);
    if (there) throw new FileError(`mkdir ${item.path}: ${there.isDirectory() ? 'file exists' : 'not a directory'}`);
    await this.#make(item.path, mode, owner);
  }

  async remove(path: string, recursive: boolean): Promise<void> {
    mustBeAbsolute(path);
    const real = this.#paths.toWrite(path);
    if (!(await exists(real))) {
      const shown = this.#paths.toRead(path);
      if (recursive && !(await exists(shown))) return;
      await lstat(shown).catch(fail('remove', path));
      throw new FileError(`remove ${path}: operation not permitted`, 'permission-denied');
    }
    if (recursive) return rm(real, { recursive: true }).catch(fail('remove', path));
    const info = await lstat(real);
    await (info.isDirectory() ? rmdir(real) : unlink(real)).catch(fail('remove', path));
  }

  #ownerOf(item: Owner): { uid: number; gid: number } | undefined {
    try {
      return runAs(item, this.#paths)?.as;
    } catch (error) {
      throw new FileError(`cannot look up user and group: ${(error as Error).message}`);
    }
  }

  /** Entries of a directory: what was pushed and, where the machine has it as well, the machine's. */
  async #names(path: string): Promise<string[]> {
    const places = new Set([this.#paths.toRead(path), this.#paths.toWrite(path)]);
    if (this.#paths.isPushed(path)) places.add(posix.normalize(path));
    const lists = await Promise.all([...places].map((place) => readdir(place).catch(() => [])));
    return [...new Set(lists.flat())].sort();
  }

  async #info(path: string, { follow }: { follow: boolean }): Promise<FileInfo> {
    const real = this.#paths.toRead(path);
    const info = await (follow ? stat(real) : lstat(real)).catch(fail('lstat', path));
    const [user, group] = [userName(info.uid), groupName(info.gid)];
    return {
      path,
      name: posix.basename(path) || '/',
      type: typeOf(info),
      ...(info.isFile() ? { size: info.size } : {}),
      permissions: (info.mode & 0o777).toString(8).padStart(3, '0'),
      'last-modified': `${new Date(info.mtimeMs).toISOString().slice(0, 19)}Z`,
      'user-id': info.uid,
      user: user ?? '',
      'group-id': info.gid,
      group: group ?? '',
    };
  }

  /** A parent that only the machine has is made among the pushed files, to take what is pushed into it. */
  async #shadowParent(path: string, call: string): Promise<void> {
    const parent = posix.dirname(path);
    const info = await stat(this.#paths.toRead(parent)).catch(fail(call, path));
    if (!info.isDirectory()) throw new FileError(`${call} ${path}: not a directory`);
    await mkdir(this.#paths.toWrite(parent), { recursive: true });
  }

  async #makeAll(path: string, mode: number, owner: { uid: number; gid: number } | undefined): Promise<void> {
    const there = await stat(this.#paths.toRead(path)).catch(() => null);
    if (there?.isDirectory()) {
      await mkdir(this.#paths.toWrite(path), { recursive: true });
      return;
    }
    if (there) throw new FileError(`mkdir ${path}: not a directory`);
    const parent = posix.dirname(path);
    if (parent !== path) await this.#makeAll(parent, mode, owner);
    await this.#make(path, mode, owner);
  }

  async #make(path: string, mode: number, owner: { uid: number; gid: number } | undefined): Promise<void> {
    const real = this.#paths.toWrite(path);
    await mkdir(real).catch(fail('mkdir', path));
    await chmod(real, mode);
    if (owner) await chown(real, owner.uid, owner.gid).catch(fail('chown', path));
  }
}

let counter = 0;

function mustBeAbsolute(path: string): void {
  if (!isAbsolute(path)) throw new FileError(`paths must be absolute, got "${path}"`);
}

function permissionsOf(text: string | undefined, fallback: number): number {
  if (!text) return fallback;
  if (!/^[0-7]{3}$/.test(text)) throw new FileError(`permissions must be a 3-digit octal string, got "${text}"`);
  return Number.parseInt(text, 8);
}

const texts: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or directory',
  EACCES: 'permission denied',
  EPERM: 'operation not permitted',
  EEXIST: 'file exists',
  ENOTDIR: 'not a directory',
  EISDIR: 'is a directory',
  ENOTEMPTY: 'directory not empty',
  ENOSPC: 'no space left on device',
  EROFS: 'read-only file system',
  EBUSY: 'device or resource busy',
  ELOOP: 'too many levels of symbolic links',
  ENAMETOOLONG: 'file name too long',
  EXDEV: 'invalid cross-device link',
  ERR_INVALID_ARG_VALUE: 'invalid argument',
};

/** Turns an error of Node into Go's words about the workload's path. */
function fail(call: string, path: string): (error: Error) => never {
  return (error) => {
    if (error instanceof FileError) throw error;
    const code = (error as NodeJS.ErrnoException).code ?? '';
    const denied = code === 'EACCES' || code === 'EPERM';
    const kind = code === 'ENOENT' ? 'not-found' : denied ? 'permission-denied' : 'generic-file-error';
    throw new FileError(`${call} ${path}: ${texts[code] ?? error.message}`, kind);
  };
}

function prefixed(what: string): (error: Error) => never {
  return (error) => {
    throw new FileError(`${what}: ${error.message}`, error instanceof FileError ? error.kind : 'generic-file-error');
  };
}

function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}

function matches(name: string, pattern: string): boolean {
  try {
    return pattern === '' || matchesPattern(name, pattern);
  } catch (error) {
    throw new FileError((error as Error).message);
  }
}

function typeOf(info: Awaited<ReturnType<typeof stat>>): FileType {
  if (info.isFile()) return 'file';
  if (info.isDirectory()) return 'directory';
  if (info.isSymbolicLink()) return 'symlink';
  if (info.isSocket()) return 'socket';
  if (info.isFIFO()) return 'named-pipe';
  return info.isCharacterDevice() || info.isBlockDevice() ? 'device' : 'unknown';
}
