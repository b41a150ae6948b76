import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { storeDirectory } from '../../../../src/controller/resources/content-store.ts';

let directory: string;
let from: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'charmlet-store-'));
  from = join(directory, 'app');
  mkdirSync(join(from, 'scripts'), { recursive: true });
  writeFileSync(join(from, 'scripts/start.sh'), '#!/bin/sh\n');
  chmodSync(join(from, 'scripts/start.sh'), 0o755);
  symlinkSync('scripts/start.sh', join(from, 'start'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const store = () => storeDirectory({ from, store: join(directory, 'store'), scratch: join(directory, 'scratch') });

test('keeps modes and symlinks, leaves out .git, and stores the same content once', async () => {
  mkdirSync(join(from, '.git'));
  writeFileSync(join(from, '.git/HEAD'), 'x');
  mkdirSync(join(from, 'node_modules'));
  const first = await store();
  expect(readdirSync(first.path).sort()).toEqual(['node_modules', 'scripts', 'start']);
  expect(lstatSync(join(first.path, 'scripts/start.sh')).mode & 0o777).toBe(0o755);
  expect(readlinkSync(join(first.path, 'start'))).toBe('scripts/start.sh');
  expect(await store()).toEqual(first);
  expect(readdirSync(join(directory, 'store'))).toEqual([first.digest]);
  expect(readdirSync(join(directory, 'scratch'))).toEqual([]);
});

test.each([
  ['content', () => writeFileSync(join(from, 'scripts/start.sh'), '#!/bin/bash\n')],
  ['a mode', () => chmodSync(join(from, 'scripts/start.sh'), 0o644)],
  ['a name', () => writeFileSync(join(from, 'more'), '')],
  ['a symlink', () => symlinkSync('elsewhere', join(from, 'other'))],
])('tells apart what differs in %s', async (_name, change) => {
  const first = await store();
  change();
  expect((await store()).digest).not.toBe(first.digest);
});
