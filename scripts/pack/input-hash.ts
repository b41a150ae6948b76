import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Folders and files that the charm is made of. What npm installs is named by the lock file. */
const folders = [
  'charm',
  'actions',
  'src/agent',
  'src/bin',
  'src/crash-report',
  'src/hookcmds',
  'src/pebble',
  'src/plain-http',
  'src/temporal',
  'src/vault',
  'scripts/pack',
];
const files = [
  'scripts/pack.ts',
  'metadata.yaml',
  'config.yaml',
  'actions.yaml',
  'LICENSE',
  'package.json',
  'package-lock.json',
];

/** A hash over everything that goes into the unpacked charm. */
export async function inputHash(): Promise<string> {
  const hash = createHash('sha256');
  for (const file of [...files, ...folders.flatMap(filesOf)].sort())
    hash.update(`${file}\0`).update(readFileSync(file)).update('\0');
  return hash.digest('hex');
}

function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}
