import { mountNamespace, processIds, readStat, sees, variableOf } from './proc.ts';

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
  /** The supervisor's directory that its namespaces show at `binInNamespace`. */
  readonly bin: string;
}

/** Where a namespace of ours shows the supervisor's `bin`. */
export const binInNamespace = '/charm/bin';

/**
 * The living processes of a start: its process group, whatever carries its variable (also after setsid or a double
 * fork), and whatever is in its mount namespace (also with an emptied environment). What carries the variable of
 * another start is never meant. Reads all of /proc; for when a service ends, not for watching.
 */
export function familyMembers(family: Family): number[] {
  const living = processIds().flatMap((pid) => {
    const stat = pid === process.pid ? null : readStat(pid);
    return stat === null || stat.zombie ? [] : [{ pid, group: stat.group, start: variableOf(pid, startVariable) }];
  });
  const inNamespace = living.filter(
    ({ pid }) => family.mountNamespace !== null && mountNamespace(pid) === family.mountNamespace,
  );
  // The kernel gives the name of a namespace that is gone to the next one, of whatever service or unit.
  const isAnothers = inNamespace.some(({ start }) => start !== null && start !== family.start);
  const known = new Set(isAnothers ? [] : inNamespace.filter(({ pid }) => sees(pid, binInNamespace, family.bin)));
  return living
    .filter((one) => one.start === family.start || (one.start === null && (one.group === family.pid || known.has(one))))
    .map(({ pid }) => pid);
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
