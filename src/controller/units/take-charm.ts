import { readApplication } from '../store/applications.ts';
import { readCharm } from '../store/charms.ts';
import type { Model } from '../store/models.ts';
import type { UnitRecord } from '../store/units.ts';

/** The unit goes on with the application's present charm and resources: before its next event its place is made anew. */
export function takeCharm(model: Model, unit: UnitRecord): void {
  const { charm } = readApplication(model, unit.application);
  model.db.run(
    'UPDATE units SET charm = ?, generation = (SELECT generation FROM applications WHERE id = ?) WHERE id = ?',
    charm,
    unit.application,
    unit.id,
  );
  for (const container of Object.keys(readCharm(model, charm).spec.containers))
    model.db.run('INSERT OR IGNORE INTO containers (unit, name) VALUES (?, ?)', unit.id, container);
}
