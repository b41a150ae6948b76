import { createHash, randomUUID } from 'node:crypto';
import { isProxyOption } from '../config/model-options.ts';
import type { ConfigValue, StatusRecord } from '../hook/model.ts';
import { type CharmRecord, readCharm } from './charms.ts';
import { type Model, now, readModelConfig } from './models.ts';

export interface ApplicationRecord {
  readonly id: number;
  readonly name: string;
  readonly charm: number;
  readonly channel: string;
  readonly trust: boolean;
  readonly life: 'alive' | 'dying';
  readonly providerId: string;
  /** How many units are wanted. */
  readonly scale: number;
  /** The leading unit's id. */
  readonly leader: number | null;
  /** Null until the charm sets one. */
  readonly status: StatusRecord | null;
  readonly version: string;
  readonly created: string;
}

interface ApplicationRow {
  id: number;
  name: string;
  charm: number;
  channel: string;
  trust: number;
  life: 'alive' | 'dying';
  provider_id: string;
  scale: number;
  leader: number | null;
  status_json: string | null;
  version: string;
  created: string;
}

export function listApplications(model: Model): ApplicationRecord[] {
  return model.db
    .all<ApplicationRow>('SELECT * FROM applications WHERE model = ? ORDER BY name', model.uuid)
    .map(toRecord);
}

export function findApplication(model: Model, name: string): ApplicationRecord | undefined {
  const row = model.db.get<ApplicationRow>('SELECT * FROM applications WHERE model = ? AND name = ?', model.uuid, name);
  return row && toRecord(row);
}

export function readApplication(model: Model, id: number): ApplicationRecord {
  const row = model.db.get<ApplicationRow>('SELECT * FROM applications WHERE id = ?', id);
  if (!row) throw new Error(`internal error: no application ${id}`);
  return toRecord(row);
}

export function charmOf(model: Model, application: ApplicationRecord): CharmRecord {
  return readCharm(model, application.charm);
}

export function addApplication(
  model: Model,
  given: { readonly name: string; readonly charm: number; readonly channel: string; readonly trust: boolean },
): ApplicationRecord {
  const { id } = model.db.run(
    'INSERT INTO applications (model, name, charm, channel, trust, provider_id, created) VALUES (?, ?, ?, ?, ?, ?, ?)',
    model.uuid,
    given.name,
    given.charm,
    given.channel,
    given.trust ? 1 : 0,
    randomUUID(),
    now(),
  );
  return readApplication(model, id);
}

export function setApplicationStatus(model: Model, id: number, status: StatusRecord): void {
  model.db.run('UPDATE applications SET status_json = ? WHERE id = ?', JSON.stringify(status), id);
}

/** Only what the user has set. */
export function userOptions(model: Model, application: number): Record<string, ConfigValue> {
  const rows = model.db.all<{ name: string; value_json: string }>(
    'SELECT name, value_json FROM options WHERE application = ?',
    application,
  );
  return Object.fromEntries(rows.map((row) => [row.name, JSON.parse(row.value_json)]));
}

/** Null takes an option back to its default. */
export function setOption(model: Model, application: number, name: string, value: ConfigValue | null): void {
  if (value === null) model.db.run('DELETE FROM options WHERE application = ? AND name = ?', application, name);
  else
    model.db.run(
      'INSERT OR REPLACE INTO options (application, name, value_json) VALUES (?, ?, ?)',
      application,
      name,
      JSON.stringify(value),
    );
}

/** Every option of the charm: the user's value, else the default, else null. */
export function effectiveOptions(model: Model, application: ApplicationRecord): Record<string, ConfigValue | null> {
  const given = userOptions(model, application.id);
  const { options } = charmOf(model, application).spec;
  return Object.fromEntries(
    Object.entries(options).map(([name, option]) => [name, given[name] ?? option.default ?? null]),
  );
}

/** Differs exactly when a charm would be told other options, another answer about trust, or other proxies of the model. */
export function configHash(model: Model, application: ApplicationRecord): string {
  const options = effectiveOptions(model, application);
  const proxies = Object.entries(readModelConfig(model)).filter(([key]) => isProxyOption(key));
  const sorted = Object.keys(options)
    .sort()
    .map((name) => [name, options[name]]);
  return createHash('sha256')
    .update(JSON.stringify([sorted, application.trust, proxies]))
    .digest('hex');
}

function toRecord(row: ApplicationRow): ApplicationRecord {
  return {
    id: row.id,
    name: row.name,
    charm: row.charm,
    channel: row.channel,
    trust: row.trust === 1,
    life: row.life,
    providerId: row.provider_id,
    scale: row.scale,
    leader: row.leader,
    status: row.status_json === null ? null : JSON.parse(row.status_json),
    version: row.version,
    created: row.created,
  };
}
