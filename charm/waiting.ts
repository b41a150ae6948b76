import type { Outlook } from './outlook.ts';
import type { Facts } from './types.ts';

/** A start that failed is tried again by us, because Pebble does not; so often at most. */
const retryStartMs = 4000;
/** Pebble's first back-offs are shorter than this; a process that dies again and again waits longer. */
const firstBackoffsMs = 2000;

/** Should the charm have the service started? Not while Pebble does so itself, nor when it is known to be in vain. */
export function shouldStart(facts: Facts, { state, workload }: Outlook): boolean {
  if (state.kind !== 'stopped' || facts.done.disturbed) return false;
  if (state.reason === '') return true;
  if (workload.script.known && workload.script.value !== 'runnable') return false;
  return facts.now - state.at >= retryStartMs;
}

/**
 * Until when the dispatch should look on, because the answer may come soon: while a change runs, and while a process is
 * younger than `start-timeout` and not confirmed. Never beyond `start-timeout` from the dispatch's own begin.
 */
export function waitUntil(facts: Facts, seen: Outlook): number | null {
  const until = Math.min(facts.dispatchBegan + seen.settings.startTimeoutMs, hopeEnds(facts, seen));
  return until > facts.now ? until : null;
}

function hopeEnds(facts: Facts, { settings, state, confirmed }: Outlook): number {
  if (state.kind === 'draining' || state.kind === 'starting') return Number.POSITIVE_INFINITY;
  // A server that is not there, or a namespace, does not come in a moment; the tick sees when it does.
  if (facts.server.outcome === 'namespace not found' || facts.server.outcome === 'unreachable') return 0;
  if (state.kind === 'backing off') return state.since + firstBackoffsMs;
  if (state.kind !== 'running' || confirmed !== null || settings.pollerEvidence === 'off') return 0;
  return Date.parse(state.since) + settings.startTimeoutMs;
}
