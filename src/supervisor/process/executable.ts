import { accessSync, closeSync, constants, openSync, readSync, statSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';

/** Where the system's own programs are, whatever a service's PATH says. */
export const systemPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** Finds files as the service would see them; gives where they really are. */
export type RealPath = (path: string) => string;

/**
 * Why a command cannot be started, in the words of Go's os/exec, which Pebble prints; null when it can. Checked
 * beforehand, because a shell stands between us and the command.
 */
export function whyNotExecutable(options: {
  readonly command: string;
  readonly cwd: string;
  readonly path: string;
  readonly real: RealPath;
}): string | null {
  const { command, cwd, path, real } = options;
  if (!command.includes('/')) {
    return findInPath(command, path, real) ? null : `exec: "${command}": executable file not found in $PATH`;
  }
  const file = real(isAbsolute(command) ? command : join(cwd, command));
  const problem = !isDirectory(real(cwd)) ? 'no such file or directory' : problemOf(file, real);
  return problem === null ? null : `fork/exec ${command}: ${problem}`;
}

/** A program that we need ourselves on the way to a command: the system's, else the one of our PATH. */
export function systemProgram(name: string): string {
  return findInPath(name, `${systemPath}:${process.env.PATH ?? ''}`, (file) => file) ?? name;
}

/** The first executable of that name in `path`; undefined when there is none. */
export function findInPath(command: string, path: string, real: RealPath): string | undefined {
  return path
    .split(':')
    .filter((dir) => isAbsolute(dir))
    .map((dir) => join(dir, command))
    .find((file) => isExecutable(real(file)));
}

function problemOf(file: string, real: RealPath): string | null {
  try {
    if (statSync(file).isDirectory()) return 'permission denied';
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EACCES' ? 'permission denied' : 'no such file or directory';
  }
  if (!isExecutable(file)) return 'permission denied';
  const start = firstBytes(file);
  // Not readable is no obstacle to running it.
  if (start === null || start.startsWith('\x7fELF')) return null;
  const interpreter = /^#!\s*(\S+)/.exec(start)?.[1];
  if (interpreter === undefined) return 'exec format error';
  return isExecutable(real(interpreter)) ? null : 'no such file or directory';
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function firstBytes(file: string): string | null {
  try {
    const fd = openSync(file, 'r');
    try {
      const buffer = Buffer.alloc(256);
      return buffer.toString('latin1', 0, readSync(fd, buffer, 0, buffer.length, 0));
    } finally {
      closeSync(fd);
    }
  } catch {
    return null;
  }
}
