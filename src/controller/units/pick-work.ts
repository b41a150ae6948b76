import { configHash, readApplication } from '../store/applications.ts';
import type { Model } from '../store/models.ts';
import { listEvents, nextEvent, type QueuedEvent, ranks, removeEvent } from '../store/queue.ts';
import { nextTask, type TaskRecord } from '../store/tasks.ts';
import { type UnitRecord, unitById } from '../store/units.ts';

/** What a unit that is not busy does next. */
export type Work =
  | { readonly do: 'event'; readonly queued: QueuedEvent }
  | { readonly do: 'task'; readonly task: TaskRecord }
  /** In error: nothing before that time (in ms since the epoch) but tasks. */
  | { readonly do: 'wait'; readonly until: number }
  | { readonly do: 'nothing' };

export type Doing = Exclude<Work, { do: 'wait' | 'nothing' }>;

/**
 * Chooses by rank, as Juju's resolver does. A unit in error gets its failed event again when that is due, and tasks
 * meanwhile. Tasks wait until a unit has been started for the first time.
 */
export function pickWork(model: Model, unitId: number, atMs: number): Work {
  const unit = unitById(model, unitId);
  if (!unit) return { do: 'nothing' };
  const failed = listEvents(model, unitId).find((event) => event.state === 'failed');
  const task = unit.started || failed ? nextTask(model, unitId) : undefined;
  if (failed) {
    const due = failed.retryAt === null ? Number.POSITIVE_INFINITY : Date.parse(failed.retryAt);
    if (due <= atMs) return { do: 'event', queued: failed };
    if (task) return { do: 'task', task };
    return Number.isFinite(due) ? { do: 'wait', until: due } : { do: 'nothing' };
  }
  const queued = nextWanted(model, unit);
  if (task && (!queued || queued.rank > ranks.task)) return { do: 'task', task };
  return queued ? { do: 'event', queued } : { do: 'nothing' };
}

/** Leaves out a config-changed that would tell nothing new: the options were changed and changed back. One that was cut short is told. */
function nextWanted(model: Model, unit: UnitRecord): QueuedEvent | undefined {
  for (;;) {
    const queued = nextEvent(model, unit);
    if (queued?.event.hook !== 'config-changed' || queued.rank === ranks.begun || !unit.started) return queued;
    if (configHash(model, readApplication(model, unit.application)) !== unit.configHash) return queued;
    removeEvent(model, queued.id);
  }
}
