import { createWriteStream, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ZipFile } from 'yazl';
import { lint } from '../../../../src/controller/methods/lint.ts';

let scratch: string;
beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'charmlet-lint-'));
});
afterEach(() => rmSync(scratch, { recursive: true, force: true }));

const look = async (directory: string) => {
  const paths = { data: scratch, runtime: scratch, cache: scratch };
  return (await lint({ paths }, { directory })).findings.map(({ level, text }) => `${level}: ${text}`);
};

test('looks into a .charm archive, names its files as those of the archive, and leaves nothing behind', async () => {
  const archive = join(scratch, 'x.charm');
  const zip = new ZipFile();
  zip.addBuffer(Buffer.from('name: x\nrequires: 5\n'), 'metadata.yaml', { mode: 0o100644 });
  zip.addBuffer(Buffer.from('#!/bin/sh\n'), 'dispatch', { mode: 0o100644 });
  zip.end();
  await pipeline(zip.outputStream, createWriteStream(archive));
  expect(await look(archive)).toEqual([
    'error: dispatch: it cannot be executed (chmod +x dispatch)',
    expect.stringContaining(`error: cannot use the charm in ${archive}: metadata.yaml: requires is 5`),
    'warning: manifest.yaml: there is none, and Juju takes the base from it',
  ]);
  expect(readdirSync(join(scratch, 'scratch'))).toEqual([]);
});

test('says what a path is that leads to no charm', async () => {
  const missing = join(scratch, 'missing');
  expect(await look(missing)).toEqual([`error: ${missing}: no such file or directory`]);
  expect(await look(scratch)).toEqual([`error: ${scratch} is no charm: there is no metadata.yaml in it`]);
});
