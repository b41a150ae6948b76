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

/** The model of that name; made when there is none yet. */
export function ensureModel(db: Database, name: string): Model {
  const found = db.get<{ uuid: string }>('SELECT uuid FROM models WHERE name = ?', name);
  if (found) return { db, uuid: found.uuid, name };
  const uuid = randomUUID();
  db.run('INSERT INTO models (uuid, name, created) VALUES (?, ?, ?)', uuid, name, now());
  return { db, uuid, name };
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
