import type { Model } from './models.ts';

/** What one half of a relation across models knows of the other half. */
export interface RelationLink {
  readonly model: Model;
  readonly relation: number;
  /** How the other model's application is called in this one. */
  readonly remoteName: string;
  readonly offer: string;
  /** Null in the model that offers. */
  readonly saas: number | null;
}

interface LinkRow {
  other_model: string;
  other_name: string;
  other_relation: number;
  remote_name: string;
  offer: string;
  saas: number | null;
}

/** Undefined for a relation within its model. */
export function linkOf(model: Model, relation: number): RelationLink | undefined {
  const row = model.db.get<LinkRow>(
    'SELECT l.*, m.name AS other_name FROM relation_links l JOIN models m ON m.uuid = l.other_model WHERE l.model = ? AND l.relation = ?',
    model.uuid,
    relation,
  );
  return (
    row && {
      model: { db: model.db, uuid: row.other_model, name: row.other_name },
      relation: row.other_relation,
      remoteName: row.remote_name,
      offer: row.offer,
      saas: row.saas,
    }
  );
}

export function addLink(model: Model, relation: number, link: RelationLink): void {
  model.db.run(
    'INSERT INTO relation_links (model, relation, other_model, other_relation, remote_name, offer, saas) VALUES (?, ?, ?, ?, ?, ?, ?)',
    model.uuid,
    relation,
    link.model.uuid,
    link.relation,
    link.remoteName,
    link.offer,
    link.saas,
  );
}

/** Relations through an offer, as ids in the model that offers, oldest first. */
export function relationsThrough(model: Model, offer: string): number[] {
  return model.db
    .all<{ relation: number }>(
      'SELECT relation FROM relation_links WHERE model = ? AND offer = ? AND saas IS NULL ORDER BY relation',
      model.uuid,
      offer,
    )
    .map((row) => row.relation);
}
