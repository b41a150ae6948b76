import { configProblems } from './config.ts';
import { rememberLook } from './evidence.ts';
import { type Outlook, outlook } from './outlook.ts';
import { blockedBy, refusedByPebble, status, waitingForPebble } from './status.ts';
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
    waitUntil: null,
    notes: [],
  };
  if (facts.leaving) return keep;
  if (!facts.workload.known) return { ...keep, status: waitingForPebble };
  if (facts.done.refused !== null) return { ...keep, status: refusedByPebble(facts.done.refused), lookAgain: true };
  // The worker keeps its last good environment; `config-changed` tells when there is something new to look at.
  if (seen === null) return { ...keep, status: blockedBy(configProblems(facts.config)), lookAgain: false };
  return configured(facts, seen);
}

function configured(facts: Facts, seen: Outlook): Desired {
  const { looked, clock } = seen.state.kind === 'running' ? rememberLook(facts, seen.state.since) : facts.memory;
  const shown = status(facts, seen);
  return {
    layer: seen.layer,
    start: shouldStart(facts, seen),
    status: shown,
    lookAgain: shown.name !== 'active',
    memory: { ...facts.memory, confirmed: seen.confirmed, looked, clock },
    waitUntil: waitUntil(facts, seen),
    notes: notes(facts, seen),
  };
}

function notes(facts: Facts, { confirmed }: Outlook): string[] {
  const news = confirmed !== null && confirmed.why !== '' && confirmed.why !== facts.stored.confirmed?.why;
  return news ? [`poller not verified why=${JSON.stringify(confirmed.why)}`] : [];
}
