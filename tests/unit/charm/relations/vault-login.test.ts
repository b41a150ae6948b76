import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { VaultPlace } from '../../../../charm/relations/vault.ts';
import {
  rememberLogin,
  standingRefusal,
  type VaultLogin,
  type VaultRefusal,
} from '../../../../charm/relations/vault-login.ts';
import { Secret } from '../../../../charm/secret.ts';
import { now } from '../facts.ts';

const second = 1000;
const minute = 60 * second;
const place: VaultPlace = {
  url: 'https://v:8200',
  mount: 'm',
  ca: 'CA',
  roleId: new Secret('role', 'role-1'),
  roleSecretId: new Secret('secret', 'secret-1'),
};
const replaced: VaultPlace = { ...place, roleSecretId: new Secret('other', 'secret-2') };
const invalid: VaultLogin = { outcome: 'refused', counted: true, why: 'not valid' };
const denied: VaultLogin = { outcome: 'refused', counted: false, why: 'permission denied' };

/** What is remembered after these logins with the same credentials, each made as soon as it may be. */
function after(...logins: readonly VaultLogin[]): VaultRefusal | null {
  return logins.reduce<VaultRefusal | null>(
    (last, login) => rememberLogin(last, { place, now: last?.until ?? now, login }),
    null,
  );
}

const waitOf = (last: VaultRefusal | null) => (last === null ? null : last.until - last.at);

test('waits 5 seconds, a minute, and then until Vault has forgotten, each time anew', () => {
  const waits = [1, 2, 3, 4, 5, 6].map((count) => waitOf(after(...Array(count).fill(invalid))));
  const round = [5 * second, minute, 16 * minute];
  expect(waits).toEqual([...round, ...round]);
});

test('a locked role is tried each minute, and its refusals count for nothing', () => {
  const waits = [1, 2, 9].map((count) => waitOf(after(...Array(count).fill(denied))));
  expect(waits).toEqual([minute, minute, minute]);
  expect(after(invalid, denied, invalid)).toMatchObject({ counted: 2 });
});

test('being let in ends it; no answer leaves it as it is', () => {
  const last = after(invalid, invalid);
  expect(rememberLogin(last, { place, now, login: { outcome: 'let in' } })).toBeNull();
  expect(rememberLogin(last, { place, now, login: { outcome: 'no answer' } })).toBe(last);
  expect(rememberLogin(null, { place, now, login: { outcome: 'no answer' } })).toBeNull();
});

test('stands until its time, and not where the clock was set back', () => {
  const last = after(invalid, invalid, invalid)!;
  expect(standingRefusal(last, { place, now: last.at })).toBe(last);
  expect(standingRefusal(last, { place, now: last.until - 1 })).toBe(last);
  expect(standingRefusal(last, { place, now: last.until })).toBeNull();
  expect(standingRefusal(last, { place, now: last.at - 1 })).toBeNull();
  expect(standingRefusal(null, { place, now })).toBeNull();
});

test.each<{ name: string; changed: Partial<VaultPlace> }>([
  { name: 'secret id', changed: { roleSecretId: new Secret('x', 'secret-2') } },
  { name: 'role id', changed: { roleId: new Secret('x', 'role-2') } },
  { name: 'address', changed: { url: 'https://w:8200' } },
  { name: 'store', changed: { mount: 'n' } },
  { name: 'CA', changed: { ca: 'CB' } },
])('another $name is tried at once', ({ changed }) => {
  const last = after(invalid, invalid, invalid)!;
  expect(standingRefusal(last, { place: { ...place, ...changed }, now: last.at })).toBeNull();
});

test('another secret id of the same role goes on with the count, another role begins one', () => {
  const last = after(invalid, invalid)!;
  const at = last.at + second;
  expect(rememberLogin(last, { place: replaced, now: at, login: invalid })).toMatchObject({ counted: 3 });
  const other = { ...place, roleId: new Secret('x', 'role-2') };
  expect(rememberLogin(last, { place: other, now: at, login: invalid })).toMatchObject({ counted: 1 });
});

test("a user's attempt does not make a wait shorter", () => {
  const last = after(invalid, invalid, invalid)!;
  const now = last.at + minute;
  expect(rememberLogin(last, { place, now, login: denied })?.until).toBe(last.until);
  expect(rememberLogin(last, { place, now, login: invalid })?.until).toBe(now + 16 * minute);
});

/** Vault's lock as its source has it: the count ends with a silence, not with a window. */
class Lock {
  count = 0;
  last = Number.NEGATIVE_INFINITY;

  refuse(at: number): VaultLogin {
    if (this.count >= 5 && at - this.last < 15 * minute) return denied;
    this.count = at - this.last > 15 * minute ? 1 : this.count + 1;
    this.last = at;
    return invalid;
  }
}

const gaps = fc.array(
  fc.oneof(
    fc.constant(5 * second),
    fc.constant(5 * minute),
    fc.integer({ min: 100, max: 10 * second }),
    fc.integer({ min: 1, max: 20 * minute }),
  ),
  { minLength: 50, maxLength: 400 },
);
const events = fc.record({ at: fc.nat(399), kind: fc.constantFrom('none', 'action', 'replaced') });

test('whenever it is woken, a unit makes at most four refused logins in 15 minutes, and Vault never locks its role', () => {
  fc.assert(
    fc.property(gaps, events, (ticks, event) => {
      const lock = new Lock();
      const refused: number[] = [];
      let last: VaultRefusal | null = null;
      let at = now;
      for (const [index, gap] of ticks.entries()) {
        at += gap;
        const given = event.kind === 'replaced' && index >= event.at ? replaced : place;
        const byHand = event.kind === 'action' && index === event.at;
        if (!byHand && standingRefusal(last, { place: given, now: at }) !== null) continue;
        const login = lock.refuse(at);
        expect(login).toBe(invalid);
        last = rememberLogin(last, { place: given, now: at, login });
        refused.push(at);
        expect(refused.filter((time) => time > at - 15 * minute).length).toBeLessThanOrEqual(4);
        expect(lock.count).toBeLessThanOrEqual(4);
      }
    }),
    { numRuns: 2000 },
  );
});

test('a role that somebody else locked is used within a minute of the end of the lock', () => {
  let last: VaultRefusal | null = null;
  for (let at = now; at < now + 15 * minute; at += 5 * second)
    if (standingRefusal(last, { place, now: at }) === null)
      last = rememberLogin(last, { place, now: at, login: denied });
  expect(standingRefusal(last, { place, now: now + 16 * minute })).toBeNull();
});
