import {
  createWriteStream,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ZipFile } from 'yazl';
import { unpackCharm } from '../../../../src/controller/charm/archive.ts';
import type { Paths } from '../../../../src/controller/paths.ts';

let directory: string;
let paths: Paths;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'charmlet-zip-'));
  paths = { data: join(directory, 'data'), runtime: join(directory, 'run'), cache: join(directory, 'cache') };
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

async function zip(...entries: { name: string; content?: string; mode?: number }[]): Promise<string> {
  const file = new ZipFile();
  for (const { name, content = '', mode = 0o100644 } of entries) file.addBuffer(Buffer.from(content), name, { mode });
  file.end();
  const archive = join(directory, 'x.charm');
  await pipeline(file.outputStream, createWriteStream(archive));
  return archive;
}

test('keeps modes and symlinks, and mends the x bit of hooks', async () => {
  const archive = await zip(
    { name: 'metadata.yaml', content: 'name: x\n' },
    { name: 'dispatch', content: '#!/bin/sh\n', mode: 0o100755 },
    { name: 'hooks/install', content: '#!/bin/sh\n' },
    { name: 'lib/now', content: '../dispatch', mode: 0o120777 },
  );
  const { directory: unpacked, dispose } = await unpackCharm(paths, archive);
  expect(readFileSync(join(unpacked, 'metadata.yaml'), 'utf8')).toBe('name: x\n');
  expect(lstatSync(join(unpacked, 'dispatch')).mode & 0o777).toBe(0o755);
  expect(lstatSync(join(unpacked, 'hooks/install')).mode & 0o100).toBe(0o100);
  expect(readlinkSync(join(unpacked, 'lib/now'))).toBe('../dispatch');
  await dispose();
  expect(readdirSync(join(paths.data, 'scratch'))).toEqual([]);
});

test.each([
  [
    'a symlink to an absolute path',
    { name: 'evil', content: '/etc/passwd', mode: 0o120777 },
    'symlink "evil" leads out of the archive, to "/etc/passwd"',
  ],
  [
    'a symlink that climbs out',
    { name: 'a/evil', content: '../../x', mode: 0o120777 },
    'symlink "a/evil" leads out of the archive',
  ],
  ['a device', { name: 'null', mode: 0o020666 }, '"null" is neither a file nor a directory nor a symlink'],
])('refuses %s, and leaves nothing behind', async (_name, entry, message) => {
  await expect(unpackCharm(paths, await zip({ name: 'metadata.yaml' }, entry))).rejects.toThrow(message);
  expect(readdirSync(join(paths.data, 'scratch'))).toEqual([]);
});

test('refuses a file that is no archive', async () => {
  const file = join(directory, 'x.charm');
  writeFileSync(file, 'no zip');
  await expect(unpackCharm(paths, file)).rejects.toThrow(
    /^cannot unpack ".*x\.charm": .*\(a \.charm is a zip archive\)$/,
  );
});
