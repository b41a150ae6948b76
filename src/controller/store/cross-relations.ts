import { randomUUID } from 'node:crypto';
import type { Model } from './models.ts';
import { addLink } from './relation-links.ts';
import { introduceUnits, type NewSide, writeRelation } from './relations.ts';

/** A side of a relation across models, in the model of its application. */
export interface CrossSide extends NewSide {
  readonly model: Model;
}

/**
 * Makes a relation across models: one in each, which know each other. Each side learns of the other under another name: the
 * consumer under that of the SAAS, who offers under one that tells nothing of the consumer, as in Juju. Call it inside a
 * transaction.
 */
export function addCrossRelation(
  interfaceName: string,
  sides: { readonly consumer: CrossSide; readonly offering: CrossSide },
  through: { readonly offer: string; readonly saas: { readonly id: number; readonly name: string } },
): void {
  const { consumer, offering } = sides;
  const { offer, saas } = through;
  const here = writeRelation(consumer.model, interfaceName, [consumer]);
  const there = writeRelation(offering.model, interfaceName, [offering]);
  const remoteName = nameInOfferingModel(consumer, offering.model);
  addLink(consumer.model, here, {
    model: offering.model,
    relation: there,
    remoteName: saas.name,
    offer,
    saas: saas.id,
  });
  addLink(offering.model, there, { model: consumer.model, relation: here, remoteName, offer, saas: null });
  introduceUnits(consumer.model, consumer.application, here);
  introduceUnits(offering.model, offering.application, there);
}

/** `remote-<uuid without hyphens>`: the same for all relations of one application to that model. */
function nameInOfferingModel({ model, application }: CrossSide, offering: Model): string {
  const known = model.db.get<{ remote_name: string }>(
    `SELECT l.remote_name FROM relation_links l JOIN relation_sides s ON s.model = l.other_model AND s.relation = l.other_relation
     WHERE l.model = ? AND l.saas IS NULL AND s.model = ? AND s.application = ? LIMIT 1`,
    offering.uuid,
    model.uuid,
    application,
  );
  return known?.remote_name ?? `remote-${randomUUID().replaceAll('-', '')}`;
}
