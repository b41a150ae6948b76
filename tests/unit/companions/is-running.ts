import { readFileSync } from 'node:fs';

/** Is there a process of that id that has not ended? A zombie, which only waits for its parent, has. */
export function isRunning(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return !/^.*\) [ZX] /.test(stat);
  } catch {
    return false;
  }
}
