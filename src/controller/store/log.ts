import { EventEmitter } from 'node:events';
import { chmodSync, rmSync } from 'node:fs';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { LogLine } from '../api.ts';
import { isDamage } from '../errors.ts';

/** What `debug-log` shows: the newest lines of the models, in a file of their own, so that a chatty hook does not slow commits. */
export class LogStore extends EventEmitter<{ line: [model: string, line: LogLine] }> {
  readonly #db: DatabaseSync;
  readonly #insert: StatementSync;
  readonly #keep: number;
  #sinceTrim = 0;
  /** Lines since the last one that could be written. */
  #lost = 0;

  constructor(db: DatabaseSync, keep: number) {
    super();
    this.setMaxListeners(0);
    this.#db = db;
    this.#keep = keep;
    this.#insert = db.prepare(
      'INSERT INTO lines (model, time, entity, level, module, message) VALUES (?, ?, ?, ?, ?, ?)',
    );
  }

  /**
   * `model` is the uuid of the model that the line belongs to. Never throws: whoever wants to tell something has more
   * important things to do than that. A line that cannot be kept (the disk is full) still reaches those who follow, and
   * the next one that can be kept stands behind one that tells how many are missing.
   */
  append(model: string, line: LogLine): void {
    try {
      if (this.#lost > 0) {
        const message = `lines missing here, because they could not be written: ${this.#lost}`;
        this.#keepLine(model, { ...line, entity: 'controller-0', level: 'WARNING', module: 'juju.log', message });
        this.#lost = 0;
      }
      this.#keepLine(model, line);
    } catch {
      this.#lost += 1;
    }
    this.emit('line', model, line);
  }

  #keepLine(model: string, line: LogLine): void {
    this.#insert.run(model, line.time, line.entity, line.level, line.module, line.message);
    this.#sinceTrim += 1;
    if (this.#sinceTrim < Math.max(1, this.#keep / 20)) return;
    this.#db.prepare('DELETE FROM lines WHERE id <= (SELECT max(id) FROM lines) - ?').run(this.#keep);
    this.#sinceTrim = 0;
  }

  /** Those of a model, newest first. */
  *newest(model: string): Generator<LogLine> {
    let before = Number.MAX_SAFE_INTEGER;
    const page = this.#db.prepare(
      'SELECT id, time, entity, level, module, message FROM lines WHERE model = ? AND id < ? ORDER BY id DESC LIMIT 500',
    );
    for (;;) {
      const rows = page.all(model, before) as unknown as (LogLine & { id: number })[];
      for (const { id, ...line } of rows) {
        before = id;
        yield line;
      }
      if (rows.length < 500) return;
    }
  }

  /** Forgets the lines of models that have gone. */
  keepOnly(models: readonly string[]): void {
    const marks = models.map(() => '?').join(', ');
    this.#db.prepare(`DELETE FROM lines WHERE model NOT IN (${marks})`).run(...models);
  }

  close(): void {
    if (this.#db.isOpen) this.#db.close();
  }
}

/**
 * Opens the log at `file` (0600), which keeps the newest `keep` lines or a little more. One that is damaged is begun
 * anew: no model depends on it. `firstModel` is the uuid of the one whose lines an older version wrote.
 */
export function openLogStore(file: string, firstModel: string, keep = 50_000): LogStore {
  try {
    return new LogStore(open(file, firstModel), keep);
  } catch (error) {
    if (!isDamage(error)) throw error;
    for (const suffix of ['', '-wal', '-shm']) rmSync(file + suffix, { force: true });
    return new LogStore(open(file, firstModel), keep);
  }
}

function open(file: string, firstModel: string): DatabaseSync {
  const db = new DatabaseSync(file, { timeout: 5000 });
  try {
    chmodSync(file, 0o600);
    // NORMAL: a killed process loses nothing, a power cut the last lines.
    db.exec(`
      PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;
      CREATE TABLE IF NOT EXISTS lines (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        model TEXT NOT NULL,
        time TEXT NOT NULL, entity TEXT NOT NULL, level TEXT NOT NULL, module TEXT NOT NULL, message TEXT NOT NULL
      ) STRICT`);
    const columns = db.prepare("SELECT name FROM pragma_table_info('lines')").all() as { name: string }[];
    if (!columns.some(({ name }) => name === 'model'))
      db.exec(`ALTER TABLE lines ADD COLUMN model TEXT NOT NULL DEFAULT '${firstModel}'`);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}
