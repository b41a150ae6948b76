import type { ClockBounds } from './types.ts';

/** Clocks are stepped and drift: what was observed longer ago counts no more. */
const boundsLifeMs = 3_600_000;
/** Bounds that change by less are not worth a write. */
const worthwhileMs = 100;

/** What one look told about the server's clock. */
export interface ClockObservation {
  readonly now: number;
  /** The latest access that the server had noted, and when the look had ended: the server's clock was past it then. */
  readonly lastAccess: number | null;
  readonly ended: number;
  /** An access that was not yet noted when the earlier look at `after` began: the server's clock was not past it then. */
  readonly news: { readonly access: number; readonly after: number } | null;
}

/**
 * How far the server's clock is ahead of the machine's, in milliseconds, bounded by every observation so far. Bounds
 * that contradict each other (a clock was set) give way to the newest.
 */
export function observeClock(bounds: ClockBounds | null, seen: ClockObservation): ClockBounds | null {
  const old =
    bounds !== null && seen.now - bounds.at < boundsLifeMs ? bounds : { atLeast: null, atMost: null, at: seen.now };
  const lower = seen.lastAccess === null ? null : seen.lastAccess - seen.ended;
  const upper = seen.news === null ? null : seen.news.access - seen.news.after;
  const atLeast = stricter(old.atLeast, lower, (a, b) => b > a + worthwhileMs);
  const atMost = stricter(old.atMost, upper, (a, b) => b < a - worthwhileMs);
  if (atLeast !== null && atMost !== null && atLeast > atMost) return { atLeast: lower, atMost: upper, at: seen.now };
  if (atLeast === old.atLeast && atMost === old.atMost) return bounds === null || old === bounds ? bounds : null;
  return { atLeast, atMost, at: old.at };
}

/** The offset to reckon with: none, as far as the bounds allow. */
export function clockOffset(bounds: ClockBounds | null): number {
  return Math.max(bounds?.atLeast ?? Number.NEGATIVE_INFINITY, Math.min(bounds?.atMost ?? 0, 0));
}

function stricter(
  old: number | null,
  fresh: number | null,
  wins: (old: number, fresh: number) => boolean,
): number | null {
  if (fresh === null) return old;
  return old === null || wins(old, fresh) ? fresh : old;
}
