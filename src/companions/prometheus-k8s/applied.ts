import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Verdict } from './judge.ts';

/** What the running server has read, and what was found wrong then: so unchanged facts need no check and no reload. */
export interface Applied {
  /** A mark of everything that went in. */
  readonly inputs: string;
  readonly verdicts: Readonly<Record<string, Verdict>>;
}

const file = (dataDir: string) => join(dataDir, 'applied.json');

/** Undefined when nothing was applied yet, or the note cannot be read: then everything is done again. */
export async function readApplied(dataDir: string): Promise<Applied | undefined> {
  try {
    return JSON.parse(await readFile(file(dataDir), 'utf8')) as Applied;
  } catch {
    return undefined;
  }
}

export async function writeApplied(dataDir: string, applied: Applied): Promise<void> {
  await writeFile(`${file(dataDir)}.new`, JSON.stringify(applied), { mode: 0o600 });
  await rename(`${file(dataDir)}.new`, file(dataDir));
}
