import type { EndpointSpec } from '../charm/spec.ts';
import type { Database } from './database.ts';
import { type Model, now } from './models.ts';

/** An application of another model, as this one knows it. `SAAS` is Juju's word. */
export interface SaasRecord {
  readonly id: number;
  readonly name: string;
  /** The offer's uuid; it may have gone. */
  readonly offer: string;
  /** `admin/cos.prometheus`. */
  readonly url: string;
  /** As they were when it was consumed. */
  readonly endpoints: Readonly<Record<string, OfferedEndpoint>>;
  readonly life: 'alive' | 'dying';
  readonly created: string;
}

export type OfferedEndpoint = Pick<EndpointSpec, 'interface' | 'role' | 'limit' | 'implicit'>;

interface SaasRow {
  id: number;
  name: string;
  offer: string;
  url: string;
  endpoints_json: string;
  life: 'alive' | 'dying';
  created: string;
}

export function listSaas(model: Model): SaasRecord[] {
  return model.db.all<SaasRow>('SELECT * FROM saas WHERE model = ? ORDER BY name', model.uuid).map(toRecord);
}

export function findSaas(model: Model, name: string): SaasRecord | undefined {
  const row = model.db.get<SaasRow>('SELECT * FROM saas WHERE model = ? AND name = ?', model.uuid, name);
  return row && toRecord(row);
}

/** One of that name is brought up to date. */
export function putSaas(model: Model, given: Pick<SaasRecord, 'name' | 'offer' | 'url' | 'endpoints'>): SaasRecord {
  model.db.run(
    `INSERT INTO saas (model, name, offer, url, endpoints_json, created) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (model, name) DO UPDATE SET offer = excluded.offer, url = excluded.url, endpoints_json = excluded.endpoints_json`,
    model.uuid,
    given.name,
    given.offer,
    given.url,
    JSON.stringify(given.endpoints),
    now(),
  );
  return findSaas(model, given.name)!;
}

/** It goes with the last of its relations: at once when there is none. */
export function markSaasDying(model: Model, id: number): void {
  model.db.run("UPDATE saas SET life = 'dying' WHERE id = ?", id);
  endSaas(model.db, id);
}

/** Takes a dying one out of its model once no relation is left. Call it inside a transaction. */
export function endSaas(db: Database, id: number): void {
  db.run(
    "DELETE FROM saas WHERE id = ? AND life = 'dying' AND id NOT IN (SELECT saas FROM relation_links WHERE saas IS NOT NULL)",
    id,
  );
}

/** Ids of its relations in the consuming model. */
export function relationsOfSaas(model: Model, id: number): number[] {
  return model.db
    .all<{ relation: number }>(
      'SELECT relation FROM relation_links WHERE model = ? AND saas = ? ORDER BY relation',
      model.uuid,
      id,
    )
    .map((row) => row.relation);
}

function toRecord({ id, name, offer, url, endpoints_json, life, created }: SaasRow): SaasRecord {
  return { id, name, offer, url, endpoints: JSON.parse(endpoints_json), life, created };
}
