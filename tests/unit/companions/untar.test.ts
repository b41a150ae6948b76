import fc from 'fast-check';
import { expect, test } from 'vitest';
import { extractMember } from '../../../src/companions/untar.ts';
import { tarOf } from './tar-of.ts';

async function extract(tar: Buffer, member: string, cut = 512): Promise<Buffer | undefined> {
  const chunks = Array.from({ length: Math.ceil(tar.length / cut) }, (_, i) => tar.subarray(i * cut, (i + 1) * cut));
  const parts: Buffer[] = [];
  const stream = (async function* () {
    yield* chunks;
  })();
  const found = await extractMember(stream, member, async (part) => parts.push(Buffer.from(part)));
  return found ? Buffer.concat(parts) : undefined;
}

test('finds a file among others, whatever the sizes of files and of chunks', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ maxLength: 2000 }),
      fc.uint8Array({ maxLength: 2000 }),
      fc.integer({ min: 1, max: 3000 }),
      async (other, wanted, cut) => {
        const tar = tarOf({ LICENSE: Buffer.from(other), temporal: Buffer.from(wanted), README: Buffer.from(other) });
        expect(await extract(tar, 'temporal', cut)).toEqual(Buffer.from(wanted));
      },
    ),
  );
});

test('answers that a file is not there', async () => {
  expect(await extract(tarOf({ LICENSE: Buffer.from('x') }), 'temporal')).toBeUndefined();
});

test('does not mind ./ in front of names', async () => {
  expect(await extract(tarOf({ './temporal': Buffer.from('x') }), 'temporal')).toEqual(Buffer.from('x'));
});

test('refuses an archive that ends in the middle of a file', async () => {
  const tar = tarOf({ temporal: Buffer.alloc(1000) }).subarray(0, 700);
  await expect(extract(tar, 'temporal')).rejects.toThrow('cannot read the archive: it ends 812 bytes too early');
});
