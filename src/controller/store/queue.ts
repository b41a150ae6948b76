import type { HookEvent } from '../hook/event.ts';
import { type Model, now } from './models.ts';

/**
 * Which of several events a unit is told first: the order of Juju's resolver. Before all else, whatever happens
 * meanwhile: what a killed controller had begun, and the -changed that a -joined promises. Then what takes a unit down,
 * in the order in which it was queued.
 */
export const ranks = {
  begun: -1,
  teardown: 0,
  install: 1,
  relationCreated: 2,
  leadership: 3,
  workload: 4,
  secret: 5,
  /** Not of events: actions and `exec` come here. */
  task: 6,
  storage: 7,
  configChanged: 8,
  start: 9,
  relationDeparted: 10,
  relation: 11,
  updateStatus: 12,
} as const;

/** A unit that has not been started is told these and nothing else. */
export const ranksBeforeStart: readonly number[] = [
  ranks.begun,
  ranks.teardown,
  ranks.install,
  ranks.relationCreated,
  ranks.leadership,
  ranks.configChanged,
  ranks.start,
];

export interface QueuedEvent {
  readonly id: number;
  readonly unit: number;
  readonly rank: number;
  readonly event: HookEvent;
  readonly state: 'pending' | 'running' | 'failed';
  /** How often it has failed. */
  readonly attempts: number;
  /** When a failed one is tried again by itself; null when only `resolved` does it. */
  readonly retryAt: string | null;
  readonly failedAt: string | null;
  /** Of the last failure: Juju's status message. */
  readonly reason: string;
}

interface EventRow {
  id: number;
  unit: number;
  rank: number;
  event_json: string;
  state: 'pending' | 'running' | 'failed';
  attempts: number;
  retry_at: string | null;
  failed_at: string | null;
  reason: string;
}

/** Queues an event unless the same is pending already. (One that runs may have read what has changed since.) */
export function queueEvent(model: Model, unit: number, rank: number, event: HookEvent): void {
  model.db.transact(() => {
    const same = JSON.stringify(event);
    const pending = model.db.get(
      "SELECT 1 FROM events WHERE unit = ? AND same_as = ? AND state = 'pending' LIMIT 1",
      unit,
      same,
    );
    if (!pending)
      model.db.run('INSERT INTO events (unit, rank, same_as, event_json) VALUES (?, ?, ?, ?)', unit, rank, same, same);
  });
}

/** Queues an event before all else. One that is pending already moves up. */
export function queueNext(model: Model, unit: number, event: HookEvent): void {
  model.db.transact(() => {
    queueEvent(model, unit, ranks.begun, event);
    const same = JSON.stringify(event);
    model.db.run(
      "UPDATE events SET rank = ? WHERE unit = ? AND same_as = ? AND state = 'pending'",
      ranks.begun,
      unit,
      same,
    );
  });
}

/** Everything queued for a unit, what is to come first before the rest. */
export function listEvents(model: Model, unit: number): QueuedEvent[] {
  return model.db.all<EventRow>('SELECT * FROM events WHERE unit = ? ORDER BY rank, id', unit).map(toEvent);
}

/** The event that put the unit into its error state, also while it is tried again. */
export function failedEvent(model: Model, unit: number): QueuedEvent | undefined {
  const row = model.db.get<EventRow>(
    "SELECT * FROM events WHERE unit = ? AND attempts > 0 AND state IN ('failed', 'running')",
    unit,
  );
  return row && toEvent(row);
}

/** The next event by rank of a unit that is not in error; a unit that has not been started gets only what leads there. */
export function nextEvent(
  model: Model,
  unit: { readonly id: number; readonly started: boolean },
): QueuedEvent | undefined {
  const ranksAllowed = unit.started ? '' : `AND rank IN (${ranksBeforeStart.join(', ')})`;
  const row = model.db.get<EventRow>(
    `SELECT * FROM events WHERE unit = ? AND state = 'pending' ${ranksAllowed} ORDER BY rank, id LIMIT 1`,
    unit.id,
  );
  return row && toEvent(row);
}

export function markRunning(model: Model, event: number): void {
  model.db.run("UPDATE events SET state = 'running' WHERE id = ?", event);
}

/** `retryAt` null: not by itself. */
export function markFailed(model: Model, event: number, reason: string, retryAt: Date | null): void {
  model.db.run(
    "UPDATE events SET state = 'failed', attempts = attempts + 1, reason = ?, failed_at = ?, retry_at = ? WHERE id = ?",
    reason,
    now(),
    retryAt?.toISOString() ?? null,
    event,
  );
}

/** Back into the queue, before all else: the dispatch was cut short and has written nothing. */
export function requeue(model: Model, event: number): void {
  model.db.run(
    "UPDATE events SET state = CASE WHEN attempts > 0 THEN 'failed' ELSE 'pending' END, retry_at = ?, rank = ? WHERE id = ?",
    now(),
    ranks.begun,
    event,
  );
}

export function setRetry(model: Model, event: number, at: Date | null): void {
  model.db.run('UPDATE events SET retry_at = ? WHERE id = ?', at?.toISOString() ?? null, event);
}

export function removeEvent(model: Model, event: number): void {
  model.db.run('DELETE FROM events WHERE id = ?', event);
}

/** Takes an event back that has not begun. */
export function unqueueEvent(model: Model, unit: number, event: HookEvent): void {
  model.db.run(
    `DELETE FROM events WHERE unit = ? AND same_as = ? AND state = 'pending' AND rank <> ${ranks.begun}`,
    unit,
    JSON.stringify(event),
  );
}

/** What is pending and has not begun. With `failed`, also the event that the unit is in error for. */
export function dropEvents(model: Model, unit: number, options: { readonly failed: boolean }): void {
  const pending = `(state = 'pending' AND rank <> ${ranks.begun})`;
  model.db.run(
    `DELETE FROM events WHERE unit = ? AND (${pending}${options.failed ? " OR state = 'failed'" : ''})`,
    unit,
  );
}

/** What a controller that was killed had begun. */
export function interruptedEvents(model: Model): QueuedEvent[] {
  return model.db
    .all<EventRow>(
      "SELECT e.* FROM events e JOIN units u ON u.id = e.unit JOIN applications a ON a.id = u.application WHERE a.model = ? AND e.state = 'running'",
      model.uuid,
    )
    .map(toEvent);
}

function toEvent(row: EventRow): QueuedEvent {
  return {
    id: row.id,
    unit: row.unit,
    rank: row.rank,
    event: JSON.parse(row.event_json),
    state: row.state,
    attempts: row.attempts,
    retryAt: row.retry_at,
    failedAt: row.failed_at,
    reason: row.reason,
  };
}
