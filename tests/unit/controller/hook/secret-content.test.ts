import { expect, test } from 'vitest';
import { parseContent, parseExpiry } from '../../../../src/controller/hook/commands/secret-content.ts';

const now = new Date('2026-01-02T03:04:05Z');

for (const { text, time } of [
  { text: '24h', time: '2026-01-03T03:04:05.000Z' },
  { text: '1h30m0.5s', time: '2026-01-02T04:34:05.500Z' },
  { text: '2026-02-01T06:06:06', time: '2026-02-01T06:06:06.000Z' },
  { text: '2026-02-01T06:06:06+01:00', time: '2026-02-01T05:06:06.000Z' },
  { text: '2026-02-01T06:06:06.25Z', time: '2026-02-01T06:06:06.250Z' },
]) {
  test(`a secret with --expire ${text} expires at ${time}`, () => {
    expect(parseExpiry(text, now)).toBe(time);
  });
}

for (const text of ['1 day', '24', 'h', '', '2026-13-01T00:00:00', '1h-', '--1h']) {
  test(`--expire ${JSON.stringify(text)} is refused`, () => {
    expect(() => parseExpiry(text, now)).toThrow(`expire time or duration "${text}" not valid`);
  });
}

const read = { text: () => 'a-key: 1.10\nbin#base64: AP8=\n', bytes: () => Buffer.from([1, 2]) };

test('content comes from arguments, from the files they name, and from --file, which wins', async () => {
  expect(await parseContent(['a-key=x', 'own=a=b==', 'raw#file=/f'], 'file', read)).toEqual({
    'a-key': Buffer.from('1.10').toString('base64'),
    bin: 'AP8=',
    own: Buffer.from('a=b==').toString('base64'),
    raw: 'AQI=',
  });
});

test('a value of nothing but padding is kept', async () => {
  expect(await parseContent(['key==='], undefined, read)).toEqual({ key: Buffer.from('==').toString('base64') });
});

test('content has a limit', async () => {
  await expect(parseContent([`key=${'x'.repeat(900_000)}`], undefined, read)).rejects.toThrow(
    'base64 encoded secret content for key "key" too large: 1200000 bytes',
  );
});
