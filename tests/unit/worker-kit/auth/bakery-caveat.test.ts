import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openCaveat } from '../../../../worker-kit/src/auth/bakery-caveat.ts';

const recorded: {
  publicKey: string;
  privateKey: string;
  cases: { version: number; condition: string; rootKey: string; caveat: string }[];
} = JSON.parse(readFileSync(new URL('../../../fixtures/worker-kit/caveats.json', import.meta.url), 'utf8'));

const bytes = (base64: string) => new Uint8Array(Buffer.from(base64, 'base64'));
const key = { publicKey: bytes(recorded.publicKey), privateKey: bytes(recorded.privateKey) };

test.each(recorded.cases)('opens a caveat that the Python bakery sealed in format $version', (one) => {
  const { condition, rootKey } = openCaveat(bytes(one.caveat), key);
  expect(condition).toBe(one.condition);
  expect(Buffer.from(rootKey).toString('base64')).toBe(one.rootKey);
});

test.each(recorded.cases)('says so when a caveat of format $version is for another key', (one) => {
  const other = { publicKey: new Uint8Array(32), privateKey: new Uint8Array(32).fill(1) };
  expect(() => openCaveat(bytes(one.caveat), other)).toThrow('cannot open a caveat: it is encrypted for another key');
});

test('refuses what is no caveat with a sentence, whatever it is', () => {
  fc.assert(
    fc.property(fc.constantFrom(0, 1, 2, 3, 101), fc.uint8Array({ maxLength: 200 }), (version, rest) => {
      expect(() => openCaveat(new Uint8Array([version, ...rest]), key)).toThrow(/^cannot open a caveat: /);
    }),
  );
});
