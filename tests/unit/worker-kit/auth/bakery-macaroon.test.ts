import library from 'macaroon';
import { expect, test } from 'vitest';
import { dischargeAll, expiryOf, parseBakeryMacaroon } from '../../../../worker-kit/src/auth/bakery-macaroon.ts';

const key = (byte: number) => new Uint8Array(24).fill(byte);

test('gathers the discharges of discharges, bound to the first macaroon', async () => {
  const root = library.newMacaroon({ identifier: 'root', rootKey: key(1) });
  root.addThirdPartyCaveat(key(2), Buffer.from('a'), 'https://a');
  const ofA = library.newMacaroon({ identifier: 'a', rootKey: key(2) });
  ofA.addThirdPartyCaveat(key(3), Buffer.from('b'), 'https://b');
  const found: Record<string, typeof root> = {
    'https://a': ofA,
    'https://b': library.newMacaroon({ identifier: 'b', rootKey: key(3) }),
  };
  const all = await dischargeAll({ macaroon: root, caveatData: new Map() }, async (caveat) => ({
    macaroon: found[caveat.location ?? '']!,
    caveatData: new Map(),
  }));
  expect(all.map((macaroon) => Buffer.from(macaroon.identifier).toString())).toEqual(['root', 'a', 'b']);
  expect(() => root.verify(key(1), () => null, all.slice(1))).not.toThrow();
});

test('hands over the encrypted text that a macaroon carries beside its caveats', async () => {
  const root = library.newMacaroon({ identifier: 'root', rootKey: key(1) });
  root.addThirdPartyCaveat(key(2), new Uint8Array([3, 255]), 'https://a');
  const json = { m: root.exportJSON(), v: 3, cdata: { A_8: 'c2VhbGVk' } };
  const payloads: string[] = [];
  await dischargeAll(parseBakeryMacaroon(json), async (_, payload) => {
    payloads.push(Buffer.from(payload ?? []).toString());
    return { macaroon: library.newMacaroon({ identifier: 'a', rootKey: key(2) }), caveatData: new Map() };
  });
  expect(payloads).toEqual(['sealed']);
});

test('finds the earliest end among all macaroons, with or without a namespace', () => {
  const macaroon = (...conditions: string[]) => {
    const made = library.newMacaroon({ identifier: 'x', rootKey: key(1) });
    for (const condition of conditions) made.addFirstPartyCaveat(condition);
    return made;
  };
  expect(expiryOf([macaroon('declared username ada')])).toBeUndefined();
  expect(
    expiryOf([macaroon('time-before 2030-01-02T00:00:00Z'), macaroon('std:time-before 2030-01-01T00:00:00Z')]),
  ).toBe(Date.parse('2030-01-01T00:00:00Z'));
});

test.each([undefined, null, 7, 'text', {}, { m: {} }])('refuses %j as a macaroon with a sentence', (json) => {
  expect(() => parseBakeryMacaroon(json)).toThrow(/^cannot read a macaroon: /);
});
