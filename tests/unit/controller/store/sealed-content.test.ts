import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ContentSeal } from '../../../../src/controller/store/sealed-content.ts';

let directory: string;
let file: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'charmlet-seal-'));
  file = join(directory, 'secrets.key');
});
afterEach(() => rmSync(directory, { recursive: true }));

const seal = (hasSealed = false) => new ContentSeal(file, () => hasSealed);

test('what is sealed by one controller is opened by the next, at its own place only', () => {
  const sealed = seal().seal('{"token":"a"}', 'id/1');
  expect(sealed).not.toContain('token');
  expect(seal().open(sealed, 'id/1')).toBe('{"token":"a"}');
  expect(() => seal().open(sealed, 'id/2')).toThrow('it is not the key that they were sealed with');
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test('the same text is sealed differently each time, and any text comes back', () => {
  const mine = seal();
  expect(mine.seal('a', 'p')).not.toBe(mine.seal('a', 'p'));
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => mine.open(mine.seal(text, 'p'), 'p') === text));
});

test('content of a version that did not seal is read as it is', () => {
  expect(seal().open('{"a":"QQ=="}', 'id/1')).toBe('{"a":"QQ=="}');
});

test('a key that is missing, cut off, another or open to others is named with the way out', () => {
  const sealed = seal().seal('x', 'p');
  const key = readFileSync(file);
  const refusal = (found: string) =>
    `cannot open the model's secrets with the key in ${file}: ${found} (put back the file that belongs to this model.db, with mode 0600)`;
  const open = () => seal().open(sealed, 'p');
  rmSync(file);
  expect(open).toThrow(refusal('it is missing'));
  // A new key would make what is sealed worthless for good.
  expect(() => seal(true).seal('y', 'p')).toThrow(refusal('it is missing'));
  writeFileSync(file, key.subarray(1), { mode: 0o600 });
  expect(open).toThrow(refusal('it has 31 bytes, not 32'));
  writeFileSync(file, Buffer.alloc(32));
  expect(open).toThrow(refusal('it is not the key that they were sealed with'));
  writeFileSync(file, key);
  chmodSync(file, 0o644);
  expect(open).toThrow(refusal('others may read it'));
  chmodSync(file, 0o600);
  expect(open()).toBe('x');
});
