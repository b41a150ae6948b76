import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { keepFiles } from '../../../src/companions/keep-files.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'keep-files-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

test('writes what differs, for its owner alone, and removes what does not belong', async () => {
  expect(await keepFiles(root, { 'a.yml': 'a', 'rules/b': 'b', 'rules/c': 'c' }, ['rules'])).toBe(true);
  expect((await stat(join(root, 'rules/b'))).mode & 0o777).toBe(0o600);
  const before = (await stat(join(root, 'a.yml'))).ino;
  expect(await keepFiles(root, { 'a.yml': 'a', 'rules/b': 'B' }, ['rules'])).toBe(true);
  expect((await stat(join(root, 'a.yml'))).ino).toBe(before);
  expect(await readdir(join(root, 'rules'))).toEqual(['b']);
  expect(await readFile(join(root, 'rules/b'), 'utf8')).toBe('B');
});

test('writes nothing when all is as it should be', async () => {
  await keepFiles(root, { 'rules/b': 'b' }, ['rules', 'none']);
  expect(await keepFiles(root, { 'rules/b': 'b' }, ['rules', 'none'])).toBe(false);
});
