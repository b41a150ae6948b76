import { EventEmitter } from 'node:events';
import { chmodSync, rmSync } from 'node:fs';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { LogLine } from '../api.ts';

/** What `debug-log` shows: the newest lines of the model, in a file of their own, so that a chatty hook does not slow commits. */
export class LogStore extends EventEmitter<{ line: [line: LogLine] }> {
  readonly #db: DatabaseSync;
  readonly #insert: StatementSync;
  readonly #keep: number;
  #sinceTrim = 0;

  constructor(db: DatabaseSync, keep: number) {
    super();
    this.setMaxListeners(0);
    this.#db = db;
    this.#keep = keep;
    this.#insert = db.prepare('INSERT INTO lines (time, entity, level, module, message) VALUES (?, ?, ?, ?, ?)');
  }

  append(line: LogLine): void {
    this.#insert.run(line.time, line.entity, line.level, line.module, line.message);
    this.#sinceTrim += 1;
    if (this.#sinceTrim >= Math.max(1, this.#keep / 20)) {
      this.#sinceTrim = 0;
      this.#db.prepare('DELETE FROM lines WHERE id <= (SELECT max(id) FROM lines) - ?').run(this.#keep);
    }
    this.emit('line', line);
  }

  /** Newest first. */
  *newest(): Generator<LogLine> {
    let before = Number.MAX_SAFE_INTEGER;
    const page = this.#db.prepare('SELECT * FROM lines WHERE id < ? ORDER BY id DESC LIMIT 500');
    for (;;) {
      const rows = page.all(before) as unknown as (LogLine & { id: number })[];
      for (const { id, ...line } of rows) {
        before = id;
        yield line;
      }
      if (rows.length < 500) return;
    }
  }

  close(): void {
    if (this.#db.isOpen) this.#db.close();
  }
}

/**
 * Opens the log at `file` (0600), which keeps the newest `keep` lines or a little more. A log that cannot be read is
 * begun anew: no model depends on it.
 */
export function openLogStore(file: string, keep = 50_000): LogStore {
  try {
    return new LogStore(open(file), keep);
  } catch {
    for (const suffix of ['', '-wal', '-shm']) rmSync(file + suffix, { force: true });
    return new LogStore(open(file), keep);
  }
}

function open(file: string): DatabaseSync {
  const db = new DatabaseSync(file, { timeout: 5000 });
  try {
    chmodSync(file, 0o600);
    // NORMAL: a killed process loses nothing, a power cut the last lines.
    db.exec(`
      PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;
      CREATE TABLE IF NOT EXISTS lines (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        time TEXT NOT NULL, entity TEXT NOT NULL, level TEXT NOT NULL, module TEXT NOT NULL, message TEXT NOT NULL
      ) STRICT`);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}
