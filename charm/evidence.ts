import { clockOffset, observeClock } from './clock.ts';
import { ownWord } from './health.ts';
import { namesProcess, ownPollers } from './identity.ts';
import type { ClockBounds, Facts, Memory } from './types.ts';

/** Is this unit's worker polling its queue? */
export type Evidence =
  | { readonly kind: 'not asked' }
  | { readonly kind: 'seen' }
  /** `why` only where the worker itself says so. */
  | { readonly kind: 'not seen'; readonly why?: string }
  | { readonly kind: 'unreachable'; readonly why: string }
  | { readonly kind: 'namespace not found' }
  | { readonly kind: 'unknown'; readonly why: string };

/** A worker that waits for a task asks anew after a minute; one that has not asked for so long polls no more. */
const silenceMs = 150_000;

/** What is known of the process that runs since `since`: from the server, and where it does not tell from the worker. */
export function evidence(facts: Facts, since: string): Evidence {
  const told = serverEvidence(facts, since);
  const own = told.kind === 'unknown' ? ownWord(facts, since) : null;
  if (own === null) return told;
  return own.polls ? { kind: 'seen' } : { kind: 'not seen', why: own.why };
}

/**
 * What the server's answer says about the process that runs since `since`. A killed worker stays listed for minutes, so
 * a poller proves something only when its last access is later than the process: by the clocks, or because it was
 * listed with an earlier access, or not at all, when the process ran already.
 */
function serverEvidence(facts: Facts, since: string): Evidence {
  const { server } = facts;
  if (server.outcome !== 'answered') {
    // Charm and worker share their network, so that what one cannot reach the other cannot; but not their proxy.
    const proxied = facts.proxies.http !== '' || facts.proxies.https !== '';
    if (server.outcome === 'unreachable') return { kind: proxied ? 'unknown' : 'unreachable', why: server.why };
    return server.outcome === 'unknown' ? { kind: 'unknown', why: server.why } : { kind: server.outcome };
  }
  const last = lastAccess(ownPollers(facts, server.pollers));
  if (last === null) return othersMayBeOurs(facts) ?? { kind: 'not seen' };
  const offset = clockOffset(clock(facts, since));
  const later = last > Date.parse(since) + offset || (news(facts, since) ?? 0) > 0;
  return { kind: later && last > server.ended + offset - silenceMs ? 'seen' : 'not seen' };
}

/** What to remember of this look, so that the next one can tell news from old. Writes nothing that teaches nothing. */
export function rememberLook(facts: Facts, since: string): Pick<Memory, 'looked' | 'clock'> {
  const { server, memory } = facts;
  if (server.outcome !== 'answered') return { looked: memory.looked, clock: memory.clock };
  const last = lastAccess(ownPollers(facts, server.pollers)) ?? 0;
  const same = memory.looked?.since === since && memory.looked.lastAccess >= last;
  return {
    looked: same ? memory.looked : { since, began: server.began, lastAccess: last },
    clock: clock(facts, since),
  };
}

function clock(facts: Facts, since: string): ClockBounds | null {
  const { server, memory } = facts;
  if (server.outcome !== 'answered') return memory.clock;
  const access = news(facts, since);
  return observeClock(memory.clock, {
    now: facts.now,
    lastAccess: lastAccess(server.pollers),
    ended: server.ended,
    news: access === null || memory.looked === null ? null : { access, after: memory.looked.began },
  });
}

/** An access of ours that was made after an earlier look at the same process; null when there is none. */
function news(facts: Facts, since: string): number | null {
  const { server, memory } = facts;
  if (server.outcome !== 'answered' || memory.looked?.since !== since) return null;
  const last = lastAccess(ownPollers(facts, server.pollers));
  return last !== null && last > memory.looked.lastAccess ? last : null;
}

function lastAccess(pollers: readonly { readonly lastAccess: number }[]): number | null {
  return pollers.length === 0 ? null : Math.max(...pollers.map((poller) => poller.lastAccess));
}

function othersMayBeOurs(facts: Facts): Evidence | null {
  const processes = facts.workload.known ? facts.workload.value.processes : null;
  if (facts.server.outcome !== 'answered' || processes === null || processes.known) return null;
  return facts.server.pollers.some(namesProcess) ? { kind: 'unknown', why: processes.why } : null;
}
