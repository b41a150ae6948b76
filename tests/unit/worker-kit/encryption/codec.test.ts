import { readFileSync } from 'node:fs';
import { defaultPayloadConverter } from '@temporalio/common';
import { expect, test } from 'vitest';
import { EncryptionCodec } from '../../../../worker-kit/src/encryption/codec.ts';
import { parseEncryptionKey, parseKeyRing } from '../../../../worker-kit/src/encryption/key-ring.ts';

const older = 'HLCeMJLLiyLrUOukdThNgRfyraIXZk918rtp5VX/uwI=';
const newer = Buffer.alloc(32, 7).toString('base64');
const codecWith = (...keys: string[]) => new EncryptionCodec(parseKeyRing(keys));
const payload = (value: unknown) => defaultPayloadConverter.toPayload(value)!;
const value = (decoded: Awaited<ReturnType<EncryptionCodec['decode']>>) =>
  defaultPayloadConverter.fromPayload(decoded[0]!);

const recorded: {
  cases: { key: string; keyLength: string; value: unknown; metadata: Record<string, string>; data: string }[];
} = JSON.parse(readFileSync(new URL('../../../fixtures/worker-kit/payloads.json', import.meta.url), 'utf8'));

test.each(recorded.cases)('reads $value that the Python library wrote with a key of $keyLength', async (one) => {
  const metadata = Object.fromEntries(
    Object.entries(one.metadata).map(([name, text]) => [name, Buffer.from(text, 'base64')]),
  );
  const decoded = await codecWith(one.key).decode([{ metadata, data: Buffer.from(one.data, 'base64') }]);
  expect(value(decoded) ?? null).toEqual(one.value);
});

test('writes nothing of the value or of its metadata in plain text', async () => {
  const [sealed] = await codecWith(newer).encode([payload({ card: '4111 1111 1111 1111' })]);
  expect(Buffer.from(sealed!.data!).toString('latin1')).not.toMatch(/card|4111|json/);
  expect(Buffer.from(sealed!.metadata!.encoding!).toString()).toBe('binary/encrypted');
});

test('writes with the newest key of the ring and reads with all', async () => {
  const before = await codecWith(older).encode([payload('from before')]);
  const ring = codecWith(newer, older);
  expect(value(await ring.decode(before))).toBe('from before');
  const after = await ring.encode([payload('from after')]);
  expect(value(await codecWith(newer).decode(after))).toBe('from after');
  await expect(codecWith(older).decode(after)).rejects.toThrow('none of this process');
});

test('hands a plain payload on, so that encryption can be turned on while workflows run', async () => {
  expect(value(await codecWith(newer).decode([payload('plain')]))).toBe('plain');
});

test('says what to set when a payload is encrypted and there is no key', async () => {
  const sealed = await codecWith(older).encode([payload('secret')]);
  const id = parseEncryptionKey(older).id;
  await expect(codecWith().decode(sealed)).rejects.toThrow(
    `cannot read a payload: it is encrypted with key ${id}, and this process has no key (set TWC_ENCRYPTION_KEY or TEMPORAL_ENCRYPTION_KEY)`,
  );
});

test('names both keys when the payload was written with one that is not in the ring', async () => {
  const sealed = await codecWith(older).encode([payload('secret')]);
  const [was, held] = [parseEncryptionKey(older).id, parseEncryptionKey(newer).id];
  await expect(codecWith(newer).decode(sealed)).rejects.toThrow(
    `cannot read a payload: it is encrypted with key ${was}, and none of this process's keys fits (${held}; add the older key to TEMPORAL_ENCRYPTION_PREVIOUS_KEYS)`,
  );
});

test('says so when an encrypted payload was changed on its way', async () => {
  const [sealed] = await codecWith(older).encode([payload('secret')]);
  sealed!.data![40]! ^= 1;
  await expect(codecWith(older).decode([sealed!])).rejects.toThrow('but its content was changed');
});

test.each([
  { name: 'of 8 bytes, which Python lists and its AES refuses', key: 'MTIzNDU2Nzg=', bytes: 8 },
  { name: 'of 24 bytes', key: Buffer.alloc(24, 1).toString('base64'), bytes: 24 },
  { name: 'that is empty', key: '', bytes: 0 },
])('refuses a key $name, without showing it', ({ key, bytes }) => {
  expect(() => parseEncryptionKey(key)).toThrow(
    `got ${bytes} bytes of base64 (16 or 32 bytes; make one with: openssl rand -base64 32)`,
  );
});

test('reads a key with white space and quotes around it, as the Python library does', () => {
  expect(parseEncryptionKey(` '${older}'\n`).id).toBe(parseEncryptionKey(older).id);
});
