import { listApplications, readApplication } from '../store/applications.ts';
import { forgetConsumerEverywhere, forgetForeignConsumers } from '../store/foreign-secrets.ts';
import { ensureModel, type Model, modelLife } from '../store/models.ts';
import { queueEvent, ranks } from '../store/queue.ts';
import { linkOf } from '../store/relation-links.ts';
import { isAcrossModels, membership, nameOfUnit, relationExists, relationsOf } from '../store/relations.ts';
import { endSaas } from '../store/saas.ts';
import { applicationTag, removeSecretsOf, unitTag } from '../store/secrets.ts';
import { listUnits, type UnitRecord, unitById } from '../store/units.ts';

/**
 * Takes the unit out of the model, and what was only waiting for its end. What it wrote into databags stays readable as
 * long as the relation is there. Call it inside a transaction.
 */
export function forgetUnit(model: Model, unit: UnitRecord): void {
  const { db } = model;
  const relations = relationsOf(model, unit.application);
  db.run(
    'INSERT INTO leftovers (unit, name, model, model_name) VALUES (?, ?, ?, ?)',
    unit.id,
    unit.name,
    model.uuid,
    model.name,
  );
  removeSecretsOf(model, unitTag(unit.name));
  forgetConsumerEverywhere(model, unit.name);
  db.run('DELETE FROM secret_grants WHERE model = ? AND target = ?', model.uuid, unitTag(unit.name));
  for (const { own, remote } of relations.filter(isAcrossModels)) {
    const target = unitTag(nameOfUnit(own, unit));
    db.run('DELETE FROM secret_grants WHERE model = ? AND target = ?', remote.model.uuid, target);
  }
  db.run('UPDATE tasks SET unit = NULL WHERE unit = ?', unit.id);
  db.run('DELETE FROM units WHERE id = ?', unit.id);
  electLeader(model, unit.application);
  for (const view of relations) endRelation(model, view.id);
  endApplication(model, unit.application);
}

/** Ends a dying relation once each unit has been told that it is broken. Call it inside a transaction. */
export function endRelation(model: Model, id: number): void {
  const relation = model.db.get<{ life: string }>(
    'SELECT life FROM relations WHERE model = ? AND id = ?',
    model.uuid,
    id,
  );
  if (relation?.life !== 'dying') return;
  const isOver = (half: Half): boolean =>
    half.applications
      .flatMap((application) => listUnits(half.model, application))
      .every((unit) => membership(half.model, half.relation, unit.id).broken);
  if (halvesOf(model, id).every(isOver)) forgetRelation(model, id);
}

/** Takes the relation out of its models with its databags, the grants that live as long as it does, and what units had still to be told of it. */
export function forgetRelation(model: Model, id: number): void {
  const { db } = model;
  const halves = halvesOf(model, id);
  const consumed = halves.map((half) => linkOf(half.model, half.relation)?.saas).find((saas) => saas);
  for (const half of halves) {
    db.run('DELETE FROM secret_grants WHERE model = ? AND relation = ?', half.model.uuid, half.relation);
    for (const unit of half.applications.flatMap((application) => listUnits(half.model, application))) {
      db.run(
        "DELETE FROM events WHERE unit = ? AND state <> 'running' AND json_extract(event_json, '$.relation.id') = ?",
        unit.id,
        half.relation,
      );
    }
    db.run('DELETE FROM relations WHERE model = ? AND id = ?', half.model.uuid, half.relation);
  }
  const [here, there] = halves;
  if (here && there) {
    for (const application of here.applications) forgetForeignConsumers(here.model, application, there.model);
    for (const application of there.applications) forgetForeignConsumers(there.model, application, here.model);
  }
  if (consumed) endSaas(db, consumed);
  for (const half of halves) for (const application of half.applications) endApplication(half.model, application);
}

/** Ends a dying application once neither units nor relations to others are left of it. Call it inside a transaction. */
export function endApplication(model: Model, id: number): void {
  const found = model.db.get<{ life: string }>('SELECT life FROM applications WHERE id = ?', id);
  if (found?.life !== 'dying' || listUnits(model, id).length > 0) return;
  if (relationsOf(model, id).every((view) => view.own.role === 'peer')) forgetApplication(model, id);
}

/** Its peer relations, secrets and grants go with it. */
function forgetApplication(model: Model, id: number): void {
  const { db } = model;
  const { name } = readApplication(model, id);
  for (const view of relationsOf(model, id)) {
    db.run('DELETE FROM secret_grants WHERE model = ? AND relation = ?', model.uuid, view.id);
    db.run('DELETE FROM relations WHERE model = ? AND id = ?', model.uuid, view.id);
  }
  removeSecretsOf(model, applicationTag(name));
  db.run('DELETE FROM secret_grants WHERE model = ? AND target = ?', model.uuid, applicationTag(name));
  db.run('DELETE FROM applications WHERE id = ?', id);
  endModel(model);
}

/** Ends a dying model once it has no application any more. `default` begins anew, so that there always is one. */
export function endModel(model: Model): void {
  const { db, uuid, name } = model;
  if (modelLife(model) === 'alive' || listApplications(model).length > 0) return;
  db.run('DELETE FROM models WHERE uuid = ?', uuid);
  if (name === 'default') ensureModel(db, name);
}

/** Where no living unit leads, the one with the lowest number does from now on, and is told. The last one leads to its end. */
export function electLeader(model: Model, application: number): void {
  const leader = unitById(model, readApplication(model, application).leader ?? -1);
  if (leader?.life === 'alive') return;
  const next = listUnits(model, application).find((unit) => unit.life === 'alive');
  if (next) {
    model.db.run('UPDATE applications SET leader = ? WHERE id = ?', next.id, application);
    queueEvent(model, next.id, ranks.leadership, { hook: 'leader-elected' });
  } else if (!leader) model.db.run('UPDATE applications SET leader = NULL WHERE id = ?', application);
}

/** A relation in one of its models: the only one, as a rule. */
interface Half {
  readonly model: Model;
  readonly relation: number;
  /** Ids of the applications that it joins there. */
  readonly applications: readonly number[];
}

function halvesOf(model: Model, relation: number): Half[] {
  const link = linkOf(model, relation);
  return [{ model, relation }, ...(link ? [{ model: link.model, relation: link.relation }] : [])]
    .filter((half) => relationExists(half.model, half.relation))
    .map((half) => ({ ...half, applications: applicationsIn(half.model, half.relation) }));
}

function applicationsIn(model: Model, relation: number): number[] {
  return model.db
    .all<{ application: number }>(
      'SELECT DISTINCT application FROM relation_sides WHERE model = ? AND relation = ? ORDER BY application',
      model.uuid,
      relation,
    )
    .map((row) => row.application);
}
