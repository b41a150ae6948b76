import { randomUUID } from 'node:crypto';
import { modelOptions } from '../config/model-options.ts';
import type { ConfigValue } from '../hook/model.ts';
import type { Database } from './database.ts';

/** A model and where it is kept: what most functions of the store begin with. */
export interface Model {
  readonly db: Database;
  readonly uuid: string;
  readonly name: string;
}

/** The present time as the store keeps it. */
export function now(): string {
  return new Date().toISOString();
}

/** The model of that name; made when there is none yet, and then the one that commands are for if there was none. */
export function ensureModel(db: Database, name: string): Model {
  return db.transact(() => {
    const found = findModel(db, name);
    if (found) return found;
    const uuid = randomUUID();
    db.run('INSERT INTO models (uuid, name, created) VALUES (?, ?, ?)', uuid, name, now());
    const model = { db, uuid, name };
    if (!modelInFocus(db)) setFocus(model);
    return model;
  });
}

/** All of them, by name. */
export function listModels(db: Database): Model[] {
  return db
    .all<{ uuid: string; name: string }>('SELECT uuid, name FROM models ORDER BY name')
    .map(({ uuid, name }) => ({ db, uuid, name }));
}

export function findModel(db: Database, name: string): Model | undefined {
  const row = db.get<{ uuid: string }>('SELECT uuid FROM models WHERE name = ?', name);
  return row && { db, uuid: row.uuid, name };
}

/** Undefined once the unit has gone. */
export function modelOfUnit(db: Database, unit: number): Model | undefined {
  const row = db.get<{ uuid: string; name: string }>(
    'SELECT m.uuid, m.name FROM units u JOIN applications a ON a.id = u.application JOIN models m ON m.uuid = a.model WHERE u.id = ?',
    unit,
  );
  return row && { db, ...row };
}

/** The model that commands are for which name none; undefined when it was destroyed and none chosen since. */
export function modelInFocus(db: Database): Model | undefined {
  const row = db.get<{ uuid: string; name: string }>(
    'SELECT m.uuid, m.name FROM focus JOIN models m ON m.uuid = focus.model',
  );
  return row && { db, ...row };
}

export function setFocus(model: Model): void {
  model.db.run('INSERT OR REPLACE INTO focus (id, model) VALUES (1, ?)', model.uuid);
}

/** A dying model takes nothing new, and goes with the last of its applications. */
export function modelLife(model: Model): 'alive' | 'dying' {
  return (
    model.db.get<{ life: 'alive' | 'dying' }>('SELECT life FROM models WHERE uuid = ?', model.uuid)?.life ?? 'dying'
  );
}

export function modelCreated(model: Model): string {
  return model.db.get<{ created: string }>('SELECT created FROM models WHERE uuid = ?', model.uuid)?.created ?? now();
}

/** What the user has set; see `readModelConfig` for the whole. */
export function modelSettings(model: Model): Record<string, ConfigValue> {
  const rows = model.db.all<{ key: string; value_json: string }>(
    'SELECT key, value_json FROM model_config WHERE model = ?',
    model.uuid,
  );
  return Object.fromEntries(rows.map((row) => [row.key, JSON.parse(row.value_json)]));
}

/** Every key of the model's configuration with its default or the user's value. */
export function readModelConfig(model: Model): Record<string, ConfigValue> {
  const defaults = Object.entries(modelOptions).map(([key, option]) => [key, option.default]);
  return { ...Object.fromEntries(defaults), ...modelSettings(model) };
}

/** Null takes a key back to its default. */
export function setModelSetting(model: Model, key: string, value: ConfigValue | null): void {
  if (value === null) model.db.run('DELETE FROM model_config WHERE model = ? AND key = ?', model.uuid, key);
  else {
    model.db.run(
      'INSERT OR REPLACE INTO model_config (model, key, value_json) VALUES (?, ?, ?)',
      model.uuid,
      key,
      JSON.stringify(value),
    );
  }
}

/** The next number of a sequence that never gives one out twice. Starts at `first`. */
export function nextNumber(model: Model, sequence: string, first: number): number {
  return model.db.transact(() => {
    model.db.run(
      'INSERT INTO counters (model, name, last) VALUES (?, ?, ?) ON CONFLICT (model, name) DO UPDATE SET last = last + 1',
      model.uuid,
      sequence,
      first,
    );
    return model.db.get<{ last: number }>(
      'SELECT last FROM counters WHERE model = ? AND name = ?',
      model.uuid,
      sequence,
    )!.last;
  });
}
