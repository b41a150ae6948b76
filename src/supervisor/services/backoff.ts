import { parseDuration } from '../../pebble/duration.ts';
import type { Service } from '../plan/types.ts';

/** How long a service stays down before its next start, and how long it has to live to begin anew. Milliseconds. */
export interface BackoffRule {
  readonly delayMs: number;
  readonly factor: number;
  readonly limitMs: number;
}

export function backoffRule(service: Service | null): BackoffRule {
  return {
    delayMs: parseDuration(service?.['backoff-delay'] ?? '500ms') ?? 500,
    factor: service?.['backoff-factor'] ?? 2,
    limitMs: parseDuration(service?.['backoff-limit'] ?? '30s') ?? 30_000,
  };
}

/** The next delay after `currentMs` (0 for the first), without jitter. */
export function nextBackoffMs(rule: BackoffRule, currentMs: number): number {
  if (currentMs === 0) return rule.delayMs;
  return currentMs >= rule.limitMs ? rule.limitMs : Math.min(currentMs * rule.factor, rule.limitMs);
}

/** Adds 0 to 10 percent, so that services that died together do not start together. `random` is from 0 to 1. */
export function withJitter(ms: number, random: number): number {
  return ms * (1 + 0.1 * random);
}
