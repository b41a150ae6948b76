import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Eax, overheadBytes } from '../../../../worker-kit/src/encryption/eax.ts';

const hex = (text: string) => Buffer.from(text, 'hex');

// Made with PyCryptodome 3.24: `AES.new(key, AES.MODE_EAX, nonce=nonce).encrypt_and_digest(message)`.
const vectors = [
  { name: 'an empty message', key: '8395fcf1e95bebd697bd010bc766aac3', message: '' },
  { name: 'less than a block', key: '8395fcf1e95bebd697bd010bc766aac3', message: '01' },
  { name: 'one block', key: '8395fcf1e95bebd697bd010bc766aac3', message: '00112233445566778899aabbccddeeff' },
  {
    name: 'a block and a byte',
    key: '8395fcf1e95bebd697bd010bc766aac3',
    message: '00112233445566778899aabbccddeeff00',
  },
  { name: 'a key of 32 bytes', key: '00'.repeat(32), message: '00112233445566778899aabbccddeeff0011' },
];
const nonce = hex('22e7add93cfc6393c57ec0b3c17d6b44');
const sealed: Readonly<Record<string, string>> = {
  'an empty message': '22e7add93cfc6393c57ec0b3c17d6b44229755ba89c38051535bf7d2befe1be0',
  'less than a block': '22e7add93cfc6393c57ec0b3c17d6b4456b4d8077f6f84691fbad8d383730efa00',
  'one block': '22e7add93cfc6393c57ec0b3c17d6b440a4a300c7a3f65055375e795f268dbff01d8d58f506d4c4296345c24d6e95af7',
  'a block and a byte':
    '22e7add93cfc6393c57ec0b3c17d6b4444ad48edccbb741dcc951f799f0b22ef01d8d58f506d4c4296345c24d6e95af73e',
  'a key of 32 bytes':
    '22e7add93cfc6393c57ec0b3c17d6b4438b44bac0d2ff3b0c2b55d6315b4ee10a07847881c8988d903af39eb44d95893eaea',
};

test.each(vectors)('seals $name as PyCryptodome does', ({ name, key, message }) => {
  expect(new Eax(hex(key)).seal(hex(message), nonce).toString('hex')).toBe(sealed[name]);
});

test('opens what it sealed, whatever the message', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(16, 32).chain((size) => fc.uint8Array({ minLength: size, maxLength: size })),
      fc.uint8Array({ maxLength: 100 }),
      (key, message) => {
        const eax = new Eax(key);
        expect(eax.open(eax.seal(message))).toEqual(Buffer.from(message));
      },
    ),
  );
});

test('does not open a message in which one bit was changed', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 50 }), fc.nat(), fc.nat(7), (message, at, bit) => {
      const eax = new Eax(hex('00'.repeat(32)));
      const changed = eax.seal(message);
      changed[at % changed.length]! ^= 1 << bit;
      expect(eax.open(changed)).toBeUndefined();
    }),
  );
});

test('does not open what is too short to hold a nonce and a tag', () => {
  const eax = new Eax(hex('00'.repeat(16)));
  expect(eax.open(new Uint8Array(overheadBytes - 1))).toBeUndefined();
});
