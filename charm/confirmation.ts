import type { Settings } from './config.ts';
import { type Evidence, evidence } from './evidence.ts';
import type { Confirmation, Facts } from './types.ts';

/** How long a confirmation is believed without asking again. */
const confirmationLifeMs = 60_000;

/** Is the running process confirmed, and lately enough that the server need not be asked? */
export function isConfirmed(facts: Facts, since: string): boolean {
  const { confirmed } = facts.memory;
  return confirmed?.since === since && facts.now - confirmed.at < confirmationLifeMs && facts.now >= confirmed.at;
}

/**
 * The confirmation of the process that runs since `since`, or null. A poller that was seen confirms it. Where nobody can
 * tell whether it polls, it has to live for `start-timeout` without interruption, unless the option asks for proof.
 */
export function confirmation(facts: Facts, settings: Settings, since: string): Confirmation | null {
  if (isConfirmed(facts, since)) return facts.memory.confirmed;
  const found: Evidence = settings.pollerEvidence === 'off' ? { kind: 'unknown', why: '' } : evidence(facts, since);
  if (found.kind === 'seen') return { since, at: facts.now, verified: true, why: '' };
  if (found.kind !== 'unknown' || settings.pollerEvidence === 'required') return null;
  const lives = facts.now - Date.parse(since) >= settings.startTimeoutMs;
  return lives ? { since, at: facts.now, verified: false, why: found.why } : null;
}
