import type { Database } from './database.ts';
import { findModel, listModels, type Model } from './models.ts';
import { isAcrossModels, nameOfUnit, relationsOf } from './relations.ts';
import { foreignConsumer, forgetConsumer } from './secret-consumers.ts';
import { applicationTag, findSecret, maySeeSecret, unitTag } from './secrets.ts';
import { listUnits, type UnitRecord } from './units.ts';

/** Where a unit finds a secret that it may read, and under which name the model that has it keeps its pin. */
export interface Reach {
  readonly home: Model;
  readonly consumer: string;
}

/**
 * A secret of the unit's own model, or one of another model that was granted to it through a relation across models.
 * Undefined when there is none such: one of another model that it may not read does not exist for it.
 */
export function reachSecret(model: Model, unit: UnitRecord, id: string): Reach | undefined {
  if (findSecret(model, id)) return { home: model, consumer: unit.name };
  const home = homeOf(model.db, id);
  const grants = home && findSecret(home, id)?.grants;
  if (!grants) return undefined;
  const mine = relationsOf(model, unit.application)
    .filter((view) => isAcrossModels(view) && view.remote.model.uuid === home.uuid)
    .flatMap(({ own }) => [applicationTag(own.name), unitTag(nameOfUnit(own, unit))]);
  if (!grants.some(({ target }) => mine.includes(target))) return undefined;
  return { home, consumer: foreignConsumer(model, unit.name) };
}

/** As `maySeeSecret`, and through relations across models. */
export function mayReachSecret(model: Model, unit: UnitRecord, id: string): boolean {
  const reach = reachSecret(model, unit, id);
  return reach !== undefined && (reach.home.uuid !== model.uuid || maySeeSecret(model, unit, id));
}

/** The model that has a secret: no two have one of the same id. */
export function homeOf(db: Database, id: string): Model | undefined {
  const row = db.get<{ name: string }>(
    'SELECT m.name FROM secrets s JOIN models m ON m.uuid = s.model WHERE s.id = ? LIMIT 1',
    id,
  );
  return row && findModel(db, row.name);
}

/** What the application's units have read of secrets of that model holds no revision any more, unless they are still related. */
export function forgetForeignConsumers(model: Model, application: number, home: Model): void {
  if (relationsOf(model, application).some(({ remote }) => remote.model.uuid === home.uuid && home.uuid !== model.uuid))
    return;
  for (const unit of listUnits(model, application)) forgetConsumer(home, foreignConsumer(model, unit.name));
}

/** The unit has gone: it holds no revision of any model's secrets. */
export function forgetConsumerEverywhere(model: Model, unit: string): void {
  forgetConsumer(model, unit);
  for (const home of listModels(model.db)) forgetConsumer(home, foreignConsumer(model, unit));
}
