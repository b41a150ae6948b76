import type { Database } from '../store/database.ts';
import { type Model, modelOfUnit } from '../store/models.ts';
import { setAgentStatus, unitById } from '../store/units.ts';
import { pickWork } from './pick-work.ts';

/**
 * After a piece of the unit's work: its agent is idle when nothing is left to do, as Juju's is, and not between two events.
 * Whoever waits for an idle unit would look at one that is half way. An update-status is no work in that sense.
 */
export function rest(model: Model, unit: number): void {
  if (!unitById(model, unit)) return;
  const next = pickWork(model, unit, Date.now());
  if (next.do === 'task' || (next.do === 'event' && next.queued.event.hook !== 'update-status')) return;
  setAgentStatus(model, unit, 'idle', '');
}

/** The same for units whose work has ended and whose next was taken back before it began. `busy` are those at work. */
export function restIdleUnits(db: Database, busy: ReadonlySet<number>): void {
  const executing = db.all<{ id: number }>(
    "SELECT id FROM units WHERE json_extract(agent_json, '$.status') = 'executing'",
  );
  const ended = executing.filter(({ id }) => !busy.has(id));
  if (ended.length === 0) return;
  db.transact(() => {
    for (const { id } of ended) {
      const model = modelOfUnit(db, id);
      if (model) rest(model, id);
    }
  });
}
