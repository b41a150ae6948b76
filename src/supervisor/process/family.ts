import { hasVariable, mountNamespace, processIds, readStat } from './proc.ts';

/** In the environment of every process that descends from a start; its value is the start's own. */
export const startVariable = 'CHARMLET_SERVICE_START';

/** By what the processes of one start of a service are known, wherever they went. */
export interface Family {
  /** The main process; also the id of its process group. */
  readonly pid: number;
  /** The value of `startVariable`. */
  readonly start: string;
  /** The service's own mount namespace; null when it shares the machine's. */
  readonly mountNamespace: string | null;
}

/**
 * The living processes of a start: its process group, whatever carries its variable (also after setsid or a double
 * fork), and whatever is in its mount namespace (also with an emptied environment). Reads all of /proc; for when a
 * service ends, not for watching.
 */
export function familyMembers(family: Family): number[] {
  const variable = `${startVariable}=${family.start}`;
  return processIds().filter((pid) => {
    if (pid === process.pid) return false;
    const stat = readStat(pid);
    if (stat === null || stat.zombie) return false;
    if (stat.group === family.pid || hasVariable(pid, variable)) return true;
    return family.mountNamespace !== null && mountNamespace(pid) === family.mountNamespace;
  });
}

/** Sends a signal to each; those that are gone already are passed over. */
export function signalAll(pids: readonly number[], signal: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, signal);
    } catch {
      // Gone, or (with a negative id) nobody is left in the group.
    }
  }
}
