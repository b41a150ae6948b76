import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { UserError } from './errors.ts';

/**
 * Makes this process the only controller of a data directory. The lock is SQLite's on a file of its own, which is one
 * of the kernel: it goes with the process, however that ends, and no stale one can be left. Returns the way to let go.
 */
export function lockDataDirectory(file: string, data: string): () => void {
  const db = new DatabaseSync(file, { timeout: 0 });
  try {
    chmodSync(file, 0o600);
    db.exec('PRAGMA journal_mode=MEMORY; PRAGMA locking_mode=EXCLUSIVE; BEGIN EXCLUSIVE');
  } catch (error) {
    db.close();
    if (!/locked|busy/.test(String(error))) throw error;
    const pid = readPid(`${file}.pid`);
    throw new UserError(
      `cannot start a second controller on ${data}: ${pid ? `process ${pid}` : 'another process'} has it (stop that one, or set CHARMLET_DATA to another directory)`,
    );
  }
  writeFileSync(`${file}.pid`, `${process.pid}\n`, { mode: 0o600 });
  return () => db.close();
}

function readPid(file: string): string | undefined {
  try {
    return /^[0-9]+/.exec(readFileSync(file, 'utf8'))?.[0];
  } catch {
    return undefined;
  }
}
