import type { ChangeFact, ServiceFact, Workload } from './types.ts';

/** What the worker's service is about, read from its state and its changes. */
export type ServiceState =
  | { readonly kind: 'absent' }
  /** The process runs since `since`. */
  | { readonly kind: 'running'; readonly since: string }
  /** A change stops the old process; it began at `began`. */
  | { readonly kind: 'draining'; readonly began: number }
  | { readonly kind: 'starting' }
  /** It ended and Pebble starts it again after a while. `exitCode` where Pebble told. */
  | { readonly kind: 'backing off'; readonly since: number; readonly exitCode: number | null }
  /** Nothing will start it but a replan. `reason` is why the last start failed, empty when none did; `at` is when. */
  | { readonly kind: 'stopped'; readonly reason: string; readonly at: number };

/** The service's state. While the changes are unknown a stopped service counts as stopped for no reason. */
export function serviceState(workload: Workload): ServiceState {
  const { service } = workload;
  if (service === null) return { kind: 'absent' };
  const changes = workload.changes.known ? workload.changes.value : [];
  const under = changes.find((change) => !change.ready);
  if (service.current === 'active' && service.since !== null) {
    // A process that is older than the change in progress is the one which the change is about to end.
    const doomed = under !== undefined && under.kind !== 'start' && Date.parse(service.since) < under.began;
    return doomed ? { kind: 'draining', began: under.began } : { kind: 'running', since: service.since };
  }
  if (service.current === 'backoff' && under === undefined) {
    return { kind: 'backing off', since: since(service), exitCode: exitCode(changes[0]) };
  }
  if (under !== undefined)
    return isFirstStart(service, under) ? { kind: 'starting' } : { kind: 'draining', began: under.began };
  const last = changes[0];
  return { kind: 'stopped', reason: startError(last), at: last?.ended ?? 0 };
}

function isFirstStart(service: ServiceFact, change: ChangeFact): boolean {
  return change.kind === 'start' || service.since === null || service.current !== 'inactive';
}

function since(service: ServiceFact): number {
  return service.since === null ? 0 : Date.parse(service.since);
}

/** The reason that Pebble puts in brackets behind the task, in one line. */
function startError(change: ChangeFact | undefined): string {
  if (change === undefined || change.error === '') return '';
  const [, reason] = /^- (?:Start|Restart) service "[^"]*" \((.*)\)$/ms.exec(change.error) ?? [];
  return (reason ?? change.error)
    .replace(/^cannot start service: /, '')
    .replaceAll(/\s*\n\s*/g, ' ')
    .trim();
}

function exitCode(change: ChangeFact | undefined): number | null {
  const [, code] = /exited quickly with code (\d+)/.exec(change?.error ?? '') ?? [];
  return code === undefined ? null : Number(code);
}
