import { readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { Failure } from './failure.ts';

/** Juju's own bound on an option's file. */
const maxBytes = 5 * 1024 * 1024;

/** Reads a file that the user named; `what` begins the error: `cannot read <what> "x": …`. At most 5 MiB. */
export function readInput(what: string, file: string, cwd: string): string {
  const path = userPath(file, cwd);
  try {
    const { size } = statSync(path);
    if (size > maxBytes)
      throw new Failure(`cannot read ${what} "${file}": it has ${Math.ceil(size / 1024 / 1024)} MiB (at most 5)`);
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(readFileSync(path));
  } catch (cause) {
    if (cause instanceof Failure) throw cause;
    throw new Failure(`cannot read ${what} "${file}": ${why(cause as NodeJS.ErrnoException)}`, 1, { cause });
  }
}

/** Absolute; a leading `~/` is the home directory, because shells leave it alone after `=`. */
export function userPath(file: string, cwd: string): string {
  return file.startsWith('~/') ? join(homedir(), file.slice(2)) : resolve(cwd, file);
}

function why(error: NodeJS.ErrnoException): string {
  if (error.code === 'ENOENT') return 'there is no such file';
  if (error.code === 'EISDIR') return 'it is a directory (a file is wanted)';
  if (error.code === 'EACCES') return 'permission denied';
  if (error.code === 'ERR_ENCODING_INVALID_ENCODED_DATA') return 'it is not UTF-8 text';
  return error.message;
}
