import { EventEmitter } from 'node:events';
import { chmodSync, closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { isDiskFull, messageOf, UserError } from '../errors.ts';
import { migrations, schemaVersion } from './schema.ts';
import { ContentSeal, mark } from './sealed-content.ts';

type Row = Record<string, unknown>;

/**
 * The model's database: WAL with `synchronous=FULL`, so that whatever `transact` has returned from survives `kill -9`
 * and a power cut. Emits `changed` after each outermost transaction that wrote something.
 */
export class Database extends EventEmitter<{ changed: [revision: number] }> {
  /** Counts the committed transactions since this process opened the file. */
  revision = 1;
  /** For what secrets, actions and their results hold. */
  readonly seal: ContentSeal;
  readonly #db: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  #depth = 0;
  #afterCommit: (() => void)[] = [];

  constructor(db: DatabaseSync, seal: ContentSeal) {
    super();
    this.seal = seal;
    this.setMaxListeners(0);
    this.#db = db;
  }

  /** Runs `body` in one transaction; inside another one it is part of that. An error undoes all of it. */
  transact<T>(body: () => T): T {
    if (this.#depth > 0) return body();
    this.#db.exec('BEGIN IMMEDIATE');
    this.#depth = 1;
    let result: T;
    try {
      result = body();
      this.#db.exec('COMMIT');
    } catch (error) {
      this.#afterCommit = [];
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK');
      throw error;
    } finally {
      this.#depth = 0;
    }
    this.revision += 1;
    const after = this.#afterCommit;
    this.#afterCommit = [];
    for (const each of after) each();
    this.emit('changed', this.revision);
    return result;
  }

  /** Has `effect` run when the present transaction is on the disk; at once outside of one. Dropped when it is undone. */
  afterCommit(effect: () => void): void {
    if (this.#depth > 0) this.#afterCommit.push(effect);
    else effect();
  }

  /** Writes outside of `transact` become a transaction of their own. Returns the number of rows touched. */
  run(sql: string, ...values: SQLInputValue[]): { readonly changes: number; readonly id: number } {
    return this.transact(() => {
      const { changes, lastInsertRowid } = this.#prepare(sql).run(...values);
      return { changes: Number(changes), id: Number(lastInsertRowid) };
    });
  }

  get<T = Row>(sql: string, ...values: SQLInputValue[]): T | undefined {
    return this.#prepare(sql).get(...values) as T | undefined;
  }

  all<T = Row>(sql: string, ...values: SQLInputValue[]): T[] {
    return this.#prepare(sql).all(...values) as T[];
  }

  close(): void {
    this.#statements.clear();
    if (this.#db.isOpen) this.#db.close();
  }

  #prepare(sql: string): StatementSync {
    const known = this.#statements.get(sql);
    if (known) return known;
    const statement = this.#db.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }
}

/** Opens or makes the database at `file` (0600) and brings an older schema up to date, all or nothing. */
export function openDatabase(file: string): Database {
  const damage = readDamage(file);
  if (damage) throw broken(file, damage);
  let db: DatabaseSync | undefined;
  try {
    db = new DatabaseSync(file, { enableForeignKeyConstraints: true, timeout: 5000 });
    chmodSync(file, 0o600);
    db.exec('PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA trusted_schema=OFF; PRAGMA secure_delete=ON');
    const check = db.prepare('PRAGMA quick_check(1)').get() as { quick_check: string };
    if (check.quick_check !== 'ok') throw broken(file, check.quick_check);
    migrate(db, file);
    return new Database(db, sealOf(db, file));
  } catch (error) {
    if (db?.isOpen) db.close();
    // A full disk says nothing about the file; whoever moved it away for that would lose the model.
    throw error instanceof UserError || isDiskFull(error) ? error : broken(file, messageOf(error));
  }
}

/** With the key that belongs to this database. */
function sealOf(db: DatabaseSync, file: string): ContentSeal {
  const hasSealed = (): boolean =>
    ['secret_revisions WHERE content_json', 'tasks WHERE event_json'].some(
      (where) => db.prepare(`SELECT 1 FROM ${where} LIKE ? LIMIT 1`).get(`${mark}%`) !== undefined,
    );
  return new ContentSeal(join(dirname(file), 'secrets.key'), hasSealed);
}

function migrate(db: DatabaseSync, file: string): void {
  const { user_version: found } = db.prepare('PRAGMA user_version').get() as { user_version: number };
  if (found > schemaVersion) {
    throw new UserError(
      `cannot open ${file}: its schema is version ${found} (this charmlet knows versions up to ${schemaVersion}; use the newer charmlet that wrote it, or another CHARMLET_DATA)`,
    );
  }
  if (found === 0) {
    const { tables } = db.prepare("SELECT count(*) AS tables FROM sqlite_schema WHERE type = 'table'").get() as {
      tables: number;
    };
    if (tables > 0) throw broken(file, 'it holds tables of another program');
  }
  if (found === schemaVersion) return;
  db.exec('BEGIN IMMEDIATE');
  try {
    for (const step of migrations.slice(found)) db.exec(step);
    db.exec(`PRAGMA user_version = ${schemaVersion}; COMMIT`);
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK');
    if (isDiskFull(error)) throw error;
    throw new UserError(
      `cannot bring ${file} from schema version ${found} to ${schemaVersion}: ${messageOf(error)} (nothing was changed; move the data directory aside to begin anew)`,
      { cause: error },
    );
  }
}

/** SQLite would take an empty or cut-off file for a new database; what a user would lose by that is said instead. */
function readDamage(file: string): string | undefined {
  if (!existsSync(file)) return undefined;
  const { size } = statSync(file);
  // A process killed between making the file and its first commit leaves it empty, and has made nothing else yet.
  if (size === 0) return existsSync(join(dirname(file), 'units')) ? 'it is empty' : undefined;
  const head = Buffer.alloc(16);
  const fd = openSync(file, 'r');
  try {
    readSync(fd, head, 0, 16, 0);
  } finally {
    closeSync(fd);
  }
  return head.toString('latin1') === 'SQLite format 3\0' ? undefined : 'it is no SQLite database';
}

function broken(file: string, found: string): UserError {
  return new UserError(
    `cannot read the model's database ${file}: ${found} (put a copy of it back, or move it away to begin with an empty model)`,
  );
}
