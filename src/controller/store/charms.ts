import type { CharmSpec } from '../charm/spec.ts';
import type { Database } from './database.ts';
import type { Model } from './models.ts';

export type CharmOrigin = 'local' | 'catalogue' | 'companion';

export interface CharmRecord {
  readonly id: number;
  readonly name: string;
  readonly revision: number;
  readonly origin: CharmOrigin;
  /** Where its files are; empty for a companion. */
  readonly directory: string;
  readonly spec: CharmSpec;
}

interface CharmRow {
  id: number;
  name: string;
  revision: number;
  origin: CharmOrigin;
  directory: string;
  spec_json: string;
}

export function readCharm(model: Model, id: number): CharmRecord {
  const row = model.db.get<CharmRow>('SELECT * FROM charms WHERE id = ?', id);
  if (!row) throw new Error(`internal error: no charm ${id}`);
  return toRecord(row);
}

/** The newest charm of a name; undefined when none was ever added. */
export function newestCharm(model: Model, name: string): CharmRecord | undefined {
  const row = model.db.get<CharmRow>(
    'SELECT * FROM charms WHERE model = ? AND name = ? ORDER BY revision DESC LIMIT 1',
    model.uuid,
    name,
  );
  return row && toRecord(row);
}

export function addCharm(model: Model, charm: Omit<CharmRecord, 'id'>): CharmRecord {
  const { id } = model.db.run(
    'INSERT INTO charms (model, name, revision, origin, directory, spec_json) VALUES (?, ?, ?, ?, ?, ?)',
    model.uuid,
    charm.name,
    charm.revision,
    charm.origin,
    charm.directory,
    JSON.stringify(charm.spec),
  );
  return { ...charm, id };
}

/** Of the charms that an application or a unit of any model has. */
export function usedCharmDirectories(db: Database): string[] {
  const used = 'SELECT charm FROM applications UNION SELECT charm FROM units';
  return db
    .all<{ directory: string }>(`SELECT directory FROM charms WHERE directory <> '' AND id IN (${used})`)
    .map((row) => row.directory);
}

function toRecord(row: CharmRow): CharmRecord {
  const { id, name, revision, origin, directory } = row;
  return { id, name, revision, origin, directory, spec: JSON.parse(row.spec_json) };
}
