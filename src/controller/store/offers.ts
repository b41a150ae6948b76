import { randomUUID } from 'node:crypto';
import { type ApplicationRecord, charmOf, readApplication } from './applications.ts';
import type { Database } from './database.ts';
import { type Model, now } from './models.ts';
import type { OfferedEndpoint } from './saas.ts';

export interface OfferRecord {
  readonly uuid: string;
  /** The model that offers. */
  readonly model: Model;
  readonly name: string;
  /** `admin/cos.prometheus`. */
  readonly url: string;
  readonly application: ApplicationRecord;
  /** By name; one that the application's present charm does not have any more is left out. */
  readonly endpoints: Readonly<Record<string, OfferedEndpoint>>;
}

interface OfferRow {
  uuid: string;
  model: string;
  model_name: string;
  name: string;
  application: number;
  endpoints_json: string;
}

const select = 'SELECT o.*, m.name AS model_name FROM offers o JOIN models m ON m.uuid = o.model';

/** Those of one model, by name; without a model those of all. */
export function listOffers(db: Database, model?: Model): OfferRecord[] {
  return db
    .all<OfferRow>(`${select} WHERE o.model = coalesce(?, o.model) ORDER BY m.name, o.name`, model?.uuid ?? null)
    .map((row) => toRecord(db, row));
}

export function findOffer(model: Model, name: string): OfferRecord | undefined {
  const row = model.db.get<OfferRow>(`${select} WHERE o.model = ? AND o.name = ?`, model.uuid, name);
  return row && toRecord(model.db, row);
}

export function offerByUuid(db: Database, uuid: string): OfferRecord | undefined {
  const row = db.get<OfferRow>(`${select} WHERE o.uuid = ?`, uuid);
  return row && toRecord(db, row);
}

/** One of that name gets other endpoints. */
export function putOffer(model: Model, name: string, application: number, endpoints: readonly string[]): void {
  model.db.run(
    `INSERT INTO offers (uuid, model, name, application, endpoints_json, created) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (model, name) DO UPDATE SET endpoints_json = excluded.endpoints_json`,
    randomUUID(),
    model.uuid,
    name,
    application,
    JSON.stringify(endpoints),
    now(),
  );
}

export function forgetOffer(db: Database, uuid: string): void {
  db.run('DELETE FROM offers WHERE uuid = ?', uuid);
}

function toRecord(db: Database, row: OfferRow): OfferRecord {
  const model = { db, uuid: row.model, name: row.model_name };
  const application = readApplication(model, row.application);
  const { endpoints } = charmOf(model, application).spec;
  const offered = (JSON.parse(row.endpoints_json) as string[]).sort().flatMap((name) => {
    const endpoint = endpoints[name];
    if (!endpoint) return [];
    const { scope: _scope, ...offer } = endpoint;
    return [[name, offer]];
  });
  return {
    uuid: row.uuid,
    model,
    name: row.name,
    url: `admin/${row.model_name}.${row.name}`,
    application,
    endpoints: Object.fromEntries(offered),
  };
}
