import { type Context, contextOf, type Shared } from '../context.ts';
import { readCharm } from '../store/charms.ts';
import { listModels, type Model } from '../store/models.ts';
import { listUnits, type UnitRecord } from '../store/units.ts';

/** What a metric of an application is labelled with: COS's names. */
export function applicationLabels(model: Model, unit: UnitRecord) {
  return {
    juju_model: model.name,
    juju_model_uuid: model.uuid,
    juju_application: unit.applicationName,
    juju_charm: readCharm(model, unit.charm).name,
  };
}

/** The same for one of its units. */
export function unitLabels(model: Model, unit: UnitRecord) {
  return { ...applicationLabels(model, unit), juju_unit: unit.name };
}

export interface LabelledUnit {
  readonly context: Context;
  readonly unit: UnitRecord;
  readonly labels: ReturnType<typeof unitLabels>;
}

/** Every unit of every model. */
export function labelledUnits(shared: Shared): LabelledUnit[] {
  return listModels(shared.db).flatMap((model) =>
    listUnits(model).map((unit) => ({ context: contextOf(shared, model), unit, labels: unitLabels(model, unit) })),
  );
}
