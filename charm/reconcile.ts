import { applicationOf } from './application.ts';
import { rememberLook } from './evidence.ts';
import { readInputs } from './inputs.ts';
import { forwardingNotes } from './log-forwarding.ts';
import { type Outlook, outlook } from './outlook.ts';
import { untold } from './problem.ts';
import { databaseWrites } from './relations/database.ts';
import { dashboardWrites } from './relations/grafana-dashboard.ts';
import { loggingWrites } from './relations/logging.ts';
import { metricsWrites } from './relations/metrics-endpoint.ts';
import { workerInfo } from './relations/temporal-worker-info.ts';
import { vaultWrites } from './relations/vault.ts';
import { workloadMetricsWrites } from './relations/workload-metrics-endpoint.ts';
import { blockedBy, refusedByPebble, status, waitingForPebble } from './status.ts';
import { topologyOf } from './topology.ts';
import type { Desired, Facts } from './types.ts';
import { shouldStart, waitUntil } from './waiting.ts';

/** What this unit should be like. Pure: equal facts give an equal answer. `seen` is the outlook of these facts, where it is at hand. */
export function reconcile(facts: Facts, seen: Outlook | null = outlook(facts)): Desired {
  const keep: Desired = {
    layer: null,
    start: false,
    status: null,
    lookAgain: null,
    memory: facts.memory,
    databags: [],
    makeNonce: false,
    waitUntil: null,
    notes: [],
    warnings: [],
  };
  if (facts.leaving) return keep;
  const decided = decide(facts, { keep, seen });
  return { ...decided, ...told(facts), notes: [...decided.notes, ...forwardingNotes(facts)] };
}

/** What other applications are told does not depend on the container. */
function told(facts: Facts): Pick<Desired, 'databags' | 'makeNonce'> {
  const { relations } = facts;
  const { observability } = relations;
  const settings = readInputs(facts).settings;
  const topology = topologyOf(facts);
  return {
    databags: [
      ...workerInfo(relations, settings),
      ...vaultWrites(relations, applicationOf(facts.unit)),
      ...databaseWrites(relations, facts.config),
      ...metricsWrites(observability, topology),
      ...workloadMetricsWrites(observability, { topology, settings }),
      ...dashboardWrites(observability, topology),
      ...loggingWrites(observability.logging, topology),
    ],
    makeNonce: relations.vault !== null && relations.vault.nonce === null,
  };
}

function decide(facts: Facts, { keep, seen }: { readonly keep: Desired; readonly seen: Outlook | null }): Desired {
  if (!facts.workload.known) return { ...keep, status: waitingForPebble };
  if (facts.done.refused !== null) return { ...keep, status: refusedByPebble(facts.done.refused), lookAgain: true };
  return seen === null ? misconfigured(facts, keep) : configured(facts, seen, keep);
}

/** The worker keeps its last good environment. An event tells when an option changes, but not when a secret is granted. */
function misconfigured(facts: Facts, keep: Desired): Desired {
  const { problems } = readInputs(facts);
  const blocked = blockedBy(problems);
  // Said once, with the status that has no room for them.
  const warnings = blocked.message === facts.status.message ? [] : untold(problems);
  return { ...keep, status: blocked, warnings, lookAgain: problems.some(({ heals }) => heals) };
}

function configured(facts: Facts, seen: Outlook, keep: Desired): Desired {
  const { looked, clock } = seen.state.kind === 'running' ? rememberLook(facts, seen.state.since) : facts.memory;
  const shown = status(facts, seen);
  return {
    ...keep,
    layer: seen.layer,
    start: shouldStart(facts, seen),
    status: shown,
    lookAgain: shown.name !== 'active',
    memory: { ...facts.memory, confirmed: seen.confirmed, looked, clock },
    waitUntil: waitUntil(facts, seen),
    notes: notes(facts, seen),
    // Said when the worker is told something new, and not at each event.
    warnings: facts.done.service === null ? [] : seen.inputs.warnings,
  };
}

function notes(facts: Facts, { confirmed }: Outlook): string[] {
  const overruled = facts.relations.hostInfo !== null && facts.done.layer !== null && String(facts.config.host) !== '';
  const news = confirmed !== null && confirmed.why !== '' && confirmed.why !== facts.stored.confirmed?.why;
  return [
    ...(overruled ? ['relation temporal-host-info wins over option host'] : []),
    ...(news ? [`poller not verified why=${JSON.stringify(confirmed.why)}`] : []),
  ];
}
