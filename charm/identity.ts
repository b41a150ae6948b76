import type { Facts, Poller } from './types.ts';

/** The name under which this unit's worker polls: stable, never one per start. */
export function workerIdentity(facts: Pick<Facts, 'unit' | 'modelUuid'>): string {
  return `${facts.unit}@${facts.modelUuid.slice(0, 8)}`;
}

/** Does the SDK's own kind of identity, `<pid>@<host…>`, leave open whose the poller is? */
export function namesProcess(poller: Poller): boolean {
  return /^\d+@/.test(poller.identity);
}

/** The pollers that are this unit's: they bear its identity, or the pid and host of a process that does. */
export function ownPollers(facts: Facts, pollers: readonly Poller[]): readonly Poller[] {
  const identity = workerIdentity(facts);
  const processes = facts.workload.known ? facts.workload.value.processes : null;
  return pollers.filter((poller) => {
    if (poller.identity === identity) return true;
    const [, pid, host = ''] = /^(\d+)@(.*)$/s.exec(poller.identity) ?? [];
    if (pid === undefined || !processes?.known || !processes.value.pids.includes(Number(pid))) return false;
    // Pods of one application number their processes alike, so the host decides between them.
    const { hostname } = processes.value;
    return hostname === '' || host.startsWith(hostname) || (host !== '' && hostname.startsWith(host));
  });
}
