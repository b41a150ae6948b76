import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';

/** What `/proc/<pid>/stat` says of a process. */
export interface ProcessStat {
  /** Clock ticks after the machine's start; with the pid it names a process for as long as the machine is up. */
  readonly startTime: string;
  readonly group: number;
  /** Ended, and only waits for its parent to take notice. */
  readonly zombie: boolean;
}

/** Null when there is no such process. */
export function readStat(pid: number): ProcessStat | null {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch {
    return null;
  }
  // The name stands in parentheses and may hold anything, so the fields are counted from the last one.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return { zombie: fields[0] === 'Z' || fields[0] === 'X', group: Number(fields[2]), startTime: fields[19] as string };
}

/** Is this still the process that was started then? */
export function isAlive(pid: number, startTime: string): boolean {
  const stat = readStat(pid);
  return stat !== null && !stat.zombie && stat.startTime === startTime;
}

/** Changes with every start of the machine; pids of an earlier one mean nothing. */
export function machineBootId(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
}

/** The mount namespace that a process is in; null when it is gone or not ours to see. */
export function mountNamespace(pid: number | 'self'): string | null {
  try {
    return readlinkSync(`/proc/${pid}/ns/mnt`);
  } catch {
    return null;
  }
}

/** All process ids of the machine. */
export function processIds(): number[] {
  return readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? [Number(name)] : []));
}

/** A variable's value in the environment that the process was started with; null when it is not there, or not ours to see. */
export function variableOf(pid: number, name: string): string | null {
  try {
    const text = `\0${readFileSync(`/proc/${pid}/environ`, 'latin1')}`;
    const at = text.indexOf(`\0${name}=`);
    return at < 0 ? null : (text.slice(at + name.length + 2).split('\0', 1)[0] as string);
  } catch {
    return null;
  }
}

/** Is what the process sees at `path` this directory? False when it is gone or not ours to see. */
export function sees(pid: number, path: string, directory: string): boolean {
  try {
    const [seen, meant] = [statSync(`/proc/${pid}/root${path}`), statSync(directory)];
    return seen.dev === meant.dev && seen.ino === meant.ino;
  } catch {
    return false;
  }
}
