import type { Settings } from './config.ts';
import { evidence } from './evidence.ts';
import { renderHost } from './host.ts';
import { startScript } from './layer.ts';
import type { Outlook } from './outlook.ts';
import { joinProblems, type Problem } from './problem.ts';
import { pythonRepr } from './python-repr.ts';
import { databaseStatus } from './relations/database-answer.ts';
import { lacksWorkloadPort } from './relations/workload-metrics-endpoint.ts';
import { renderTakenPort } from './taken-port.ts';
import { expiry } from './tls.ts';
import type { Confirmation, Facts, UnitStatus } from './types.ts';

export const waitingForPebble: UnitStatus = { name: 'waiting', message: 'waiting for pebble api' };
const starting: UnitStatus = { name: 'maintenance', message: 'starting worker' };
const replanning: UnitStatus = { name: 'maintenance', message: 'replanning application' };
const logs = 'its log says why: pebble logs temporal-worker';

/** What keeps the worker from its settings: a blocked unit, or one that waits for others. */
export function blockedBy(problems: readonly Problem[]): UnitStatus {
  const waits = problems.every((problem) => problem.waits);
  return { name: waits ? 'waiting' : 'blocked', message: joinProblems(problems) };
}

export function refusedByPebble(message: string): UnitStatus {
  return { name: 'blocked', message: `cannot configure the worker: Pebble refused the plan: ${message}` };
}

/** The status to show, chosen by the first part that has something to say. `active` is said of a confirmed process only. */
export function status(facts: Facts, seen: Outlook): UnitStatus {
  return (
    draining(facts, seen) ??
    lacksPort(facts, seen) ??
    notStartable(seen) ??
    renewed(seen) ??
    listening(facts, seen) ??
    server(facts, seen) ??
    databaseStatus(seen.inputs.database, facts.database) ??
    process(facts, seen)
  );
}

function draining(facts: Facts, { settings, state }: Outlook): UnitStatus | null {
  if (state.kind !== 'draining') return null;
  const left = Math.max(1, Math.ceil((state.began + settings.stopTimeoutMs - facts.now) / 1000));
  return { name: 'maintenance', message: `draining, ${left} s left` };
}

/** It is started again and again, and lives once the port is free. */
function lacksPort({ memory }: Facts, { workload, state }: Outlook): UnitStatus | null {
  const ended = state.kind === 'backing off' || (state.kind === 'stopped' && state.reason !== '');
  const taken = ended && workload.takenPort.known ? workload.takenPort.value : null;
  if (taken === null) return null;
  const own = memory.address ? `, here ${memory.address}` : '';
  return cannotStart(
    `${renderTakenPort(taken)} (let the worker listen on TEMPORAL_PROMETHEUS_BIND_ADDRESS${own}, or end that process)`,
  );
}

function notStartable({ workload, state }: Outlook): UnitStatus | null {
  if (state.kind !== 'stopped' || state.reason === '') return null;
  const script = workload.script.known ? workload.script.value : 'runnable';
  if (script === 'missing') {
    return cannotStart(`no ${startScript} in the workload (give temporal-worker-image a scripts/start-worker.sh)`);
  }
  if (script === 'not executable') {
    return cannotStart(
      `${startScript} is not executable (chmod +x scripts/start-worker.sh, then supply the resource again)`,
    );
  }
  return cannotStart(state.reason);
}

function cannotStart(reason: string): UnitStatus {
  return { name: 'blocked', message: `cannot start worker: ${reason}` };
}

/** The process that runs is not the one that the options ask for. */
function renewed({ replan }: Outlook): UnitStatus | null {
  return replan ? replanning : null;
}

function listening(
  { certificates, now, relations }: Facts,
  { inputs, settings, confirmed }: Outlook,
): UnitStatus | null {
  if (confirmed === null) return null;
  const ends = inputs.tls === null ? null : expiry(certificates, now);
  const notices = [ends, lacksWorkloadPort(relations.observability, settings)].flatMap((notice) => notice ?? []);
  const listens = `worker listening to ${place(settings)}${doubt(confirmed)}`;
  return { name: 'active', message: [listens, ...notices].join(' — ') };
}

function server(facts: Facts, { settings, state }: Outlook): UnitStatus | null {
  if (state.kind !== 'running' && state.kind !== 'backing off') return null;
  const found = evidence(facts, state.kind === 'running' ? state.since : '');
  const host = renderHost(settings.address);
  if (found.kind === 'unreachable')
    return { name: 'waiting', message: `cannot reach Temporal at '${host}': ${found.why}` };
  if (found.kind !== 'namespace not found') return null;
  const namespace = pythonRepr(settings.namespace);
  return {
    name: 'blocked',
    message: `namespace ${namespace} not found at '${host}' (create it, or set option namespace)`,
  };
}

function process(facts: Facts, { settings, state }: Outlook): UnitStatus {
  if (state.kind === 'backing off') {
    const how = state.exitCode === null ? 'worker died' : `worker exited with code ${state.exitCode}`;
    const found = evidence(facts, '');
    // What the server refuses the charm it refuses the worker.
    const why = found.kind === 'unknown' && found.why.startsWith('the server denied') ? `: ${found.why}` : '';
    return { name: 'waiting', message: `${how} and is started again${why} (${logs})` };
  }
  if (state.kind !== 'running' || facts.now - Date.parse(state.since) < settings.startTimeoutMs) return starting;
  const found = evidence(facts, state.since);
  if (found.kind === 'unknown') return { name: 'waiting', message: `poller not verified: ${found.why}` };
  const why = (found.kind === 'not seen' && found.why) || `nobody listens to ${place(settings)}`;
  return { name: 'waiting', message: `worker runs but does not poll: ${why} (${logs})` };
}

/** Charm 1.0's words and Python's quotes: people script against them. */
function place({ namespace, queue }: Settings): string {
  return `namespace ${pythonRepr(namespace)} on queue ${pythonRepr(queue)}`;
}

function doubt({ why }: Confirmation): string {
  return why === '' ? '' : ` — poller not verified: ${why}`;
}
