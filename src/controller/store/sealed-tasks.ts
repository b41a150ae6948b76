import type { Model } from './models.ts';
import { mark } from './sealed-content.ts';

/** Columns of a task that may hold what a user keeps secret: parameters and commands, messages, results, lines of its log. */
const columns = ['event_json', 'message', 'results_json', 'log_json'] as const;
export type SealedColumn = (typeof columns)[number];

type Row = { readonly id: number } & Readonly<Record<SealedColumn, string>>;

export function sealTaskText(model: Model, of: { readonly id: number; readonly column: SealedColumn }, text: string) {
  return model.db.seal.seal(text, place(model, of));
}

export function openTaskText(model: Model, row: Row, column: SealedColumn): string {
  return model.db.seal.open(row[column], place(model, { id: row.id, column }));
}

/** Seals what a version left that did not seal tasks. Their old bytes are overwritten, also in the write-ahead log. */
export function sealOldTasks(model: Model): void {
  const { db } = model;
  const bare = columns.map((column) => `(${column} NOT IN ('', '{}', '[]') AND ${column} NOT LIKE '${mark}%')`);
  const rows = db.all<Row>(`SELECT * FROM tasks WHERE model = ? AND (${bare.join(' OR ')})`, model.uuid);
  if (rows.length === 0) return;
  db.transact(() => {
    for (const row of rows) {
      const texts = columns.map((column) =>
        row[column].startsWith(mark) ? row[column] : sealTaskText(model, { id: row.id, column }, row[column]),
      );
      const assignments = columns.map((column) => `${column} = ?`).join(', ');
      db.run(`UPDATE tasks SET ${assignments} WHERE model = ? AND id = ?`, ...texts, model.uuid, row.id);
    }
  });
  db.get('PRAGMA wal_checkpoint(TRUNCATE)');
}

/** What a text is sealed for. */
function place(model: Model, { id, column }: { readonly id: number; readonly column: SealedColumn }): string {
  return `task/${model.uuid}/${id}/${column}`;
}
