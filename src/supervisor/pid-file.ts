import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive, readStat } from './process/proc.ts';

interface Running {
  readonly pid: number;
  readonly startTime: string;
}

/** Notes which process serves the directory. */
export function writePidFile(dir: string): void {
  const running: Running = { pid: process.pid, startTime: readStat(process.pid)?.startTime ?? '' };
  writeFileSync(fileIn(dir), JSON.stringify(running), { mode: 0o600 });
}

/** The process that serves the directory; null when it is dead or there never was one. */
export function runningSupervisor(dir: string): number | null {
  try {
    const { pid, startTime } = JSON.parse(readFileSync(fileIn(dir), 'utf8')) as Running;
    return isAlive(pid, startTime) ? pid : null;
  } catch {
    return null;
  }
}

function fileIn(dir: string): string {
  return join(dir, 'supervisor.pid');
}
