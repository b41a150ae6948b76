import { tag } from '../tag.ts';
import type { VaultPlace } from './vault.ts';

/** What came of a login at Vault. */
export type VaultLogin =
  | { readonly outcome: 'let in' }
  /** `counted`: towards the five after which Vault locks the role. */
  | { readonly outcome: 'refused'; readonly counted: boolean; readonly why: string }
  /** Vault was away, sealed, of another CA. */
  | { readonly outcome: 'no answer' };

/** The last login, which Vault refused, as the unit remembers it. */
export interface VaultRefusal {
  /** Tag of the place and the credentials that it was made with. */
  readonly way: string;
  /** Fingerprint of the role's id, for which Vault counts. */
  readonly role: string;
  /** How many Vault has counted by then. */
  readonly counted: number;
  readonly at: number;
  /** The unit does not log in by itself before. */
  readonly until: number;
  readonly why: string;
}

const second = 1000;
const minute = 60 * second;

/**
 * Vault locks a role for 15 minutes with the fifth refusal, and forgets its count only after so long a silence: logins
 * every five minutes would lock it too.
 */
const forgetsAfterMs = 15 * minute;

/**
 * How long to wait after the first counted refusal and the second. After the third Vault is left to forget: a user's own
 * action, or credentials that are replaced by bad ones, are then the fourth and lock nothing either.
 */
const waitsMs = [5 * second, minute] as const;
const longWaitMs = forgetsAfterMs + minute;

/** A role that is locked already is refused without being counted. */
const lockedWaitMs = minute;

/** The refusal that stands for another login now; null: the unit may log in. */
export function standingRefusal(
  last: VaultRefusal | null,
  of: { readonly place: VaultPlace; readonly now: number },
): VaultRefusal | null {
  if (last === null || last.way !== wayTo(of.place)) return null;
  // Before `at`: the clock was set back.
  return of.now >= last.at && of.now < last.until ? last : null;
}

/** What is to be remembered after a login. */
export function rememberLogin(
  last: VaultRefusal | null,
  { place, now, login }: { readonly place: VaultPlace; readonly now: number; readonly login: VaultLogin },
): VaultRefusal | null {
  if (login.outcome === 'no answer') return last;
  if (login.outcome === 'let in') return null;
  const way = wayTo(place);
  const role = place.roleId.fingerprint;
  const before = last?.role === role && now - last.at <= forgetsAfterMs ? last.counted : 0;
  const counted = before + (login.counted ? 1 : 0);
  const wait = login.counted ? (waitsMs[counted - 1] ?? longWaitMs) : lockedWaitMs;
  // A wait that a user's own attempt came into is not made shorter by that.
  const standing = standingRefusal(last, { place, now })?.until ?? 0;
  return { way, role, counted, at: now, until: Math.max(now + wait, standing), why: login.why };
}

function wayTo({ url, mount, ca, roleId, roleSecretId }: VaultPlace): string {
  return tag([url, mount, ca, roleId.fingerprint, roleSecretId.fingerprint]);
}
