import { join } from 'node:path';
import type { CharmSpec } from '../charm/spec.ts';
import type { Paths } from '../paths.ts';
import { unitPlaces } from '../places.ts';
import { type ApplicationRecord, charmOf } from '../store/applications.ts';
import { type Model, nextNumber } from '../store/models.ts';
import { queueEvent, ranks } from '../store/queue.ts';
import { introduceToRelations } from '../store/relations.ts';
import { addUnit, isLeader, type UnitRecord } from '../store/units.ts';

/** Adds units to an application, each with the sequence that a fresh unit is told. Call it inside a transaction. */
export function addUnits(model: Model, paths: Paths, application: ApplicationRecord, count: number): UnitRecord[] {
  const charm = charmOf(model, application);
  return Array.from({ length: count }, () => {
    const unit = addUnit(model, application, { loopback: charm.origin === 'companion' });
    attachStorage(model, paths, unit, charm.spec);
    for (const container of Object.keys(charm.spec.containers))
      model.db.run('INSERT INTO containers (unit, name) VALUES (?, ?)', unit.id, container);
    queueEvent(model, unit.id, ranks.install, { hook: 'install' });
    introduceToRelations(model, unit);
    queueEvent(model, unit.id, ranks.leadership, {
      hook: isLeader(model, unit) ? 'leader-elected' : 'leader-settings-changed',
    });
    queueEvent(model, unit.id, ranks.configChanged, { hook: 'config-changed' });
    queueEvent(model, unit.id, ranks.start, { hook: 'start' });
    return unit;
  });
}

function attachStorage(model: Model, paths: Paths, unit: UnitRecord, spec: CharmSpec): void {
  for (const [name, storage] of Object.entries(spec.storage)) {
    for (let index = 0; index < storage.minimum; index += 1) {
      const id = `${name}/${nextNumber(model, `storage ${name}`, 0)}`;
      const location = join(unitPlaces(paths, model, unit.name).storage, id);
      model.db.run(
        'INSERT INTO storages (unit, id, name, kind, location) VALUES (?, ?, ?, ?, ?)',
        unit.id,
        id,
        name,
        storage.kind,
        location,
      );
    }
  }
}
