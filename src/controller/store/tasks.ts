import type { Operation, Task } from '../api.ts';
import type { HookEvent } from '../hook/event.ts';
import { type Model, nextNumber, now } from './models.ts';
import { openTaskText, sealTaskText } from './sealed-tasks.ts';

export interface TaskRecord {
  readonly id: number;
  readonly operation: number;
  readonly unit: number | null;
  readonly unitName: string;
  readonly event: HookEvent;
  readonly status: Task['status'];
  readonly message: string;
  readonly results: Readonly<Record<string, unknown>>;
  readonly log: readonly { readonly time: string; readonly message: string }[];
  readonly enqueued: string;
  readonly started: string | null;
  readonly completed: string | null;
}

interface TaskRow {
  id: number;
  operation: number;
  unit: number | null;
  unit_name: string;
  event_json: string;
  status: Task['status'];
  message: string;
  results_json: string;
  log_json: string;
  enqueued: string;
  started: string | null;
  completed: string | null;
}

/** What an action cannot change any more. */
export const endedStatuses: readonly Task['status'][] = ['completed', 'failed', 'cancelled', 'aborted', 'error'];

/** One operation with a task for each unit; `event` is asked with the task's id. Ids come from one sequence, as in Juju. */
export function addOperation(
  model: Model,
  given: {
    readonly summary: string;
    readonly units: readonly { readonly id: number; readonly name: string }[];
    readonly unscheduled: Readonly<Record<string, string>>;
    readonly event: (task: string) => HookEvent;
  },
): number {
  return model.db.transact(() => {
    const operation = nextNumber(model, 'task', 1);
    model.db.run(
      'INSERT INTO operations (id, model, summary, unscheduled_json, enqueued) VALUES (?, ?, ?, ?, ?)',
      operation,
      model.uuid,
      given.summary,
      JSON.stringify(given.unscheduled),
      now(),
    );
    for (const unit of given.units) {
      const id = nextNumber(model, 'task', 1);
      model.db.run(
        "INSERT INTO tasks (id, model, operation, unit, unit_name, event_json, status, enqueued) VALUES (?, ?, ?, ?, ?, ?, 'pending', ?)",
        id,
        model.uuid,
        operation,
        unit.id,
        unit.name,
        sealTaskText(model, { id, column: 'event_json' }, JSON.stringify(given.event(String(id)))),
        now(),
      );
    }
    return operation;
  });
}

export function findTask(model: Model, id: number): TaskRecord | undefined {
  const row = model.db.get<TaskRow>('SELECT * FROM tasks WHERE model = ? AND id = ?', model.uuid, id);
  return row && toRecord(model, row);
}

/** The oldest task that waits for this unit. */
export function nextTask(model: Model, unit: number): TaskRecord | undefined {
  const row = model.db.get<TaskRow>(
    "SELECT * FROM tasks WHERE unit = ? AND status = 'pending' ORDER BY id LIMIT 1",
    unit,
  );
  return row && toRecord(model, row);
}

export function unfinishedTasks(model: Model, unit?: number): TaskRecord[] {
  const where = "status IN ('pending', 'running', 'aborting')";
  const rows = unit
    ? model.db.all<TaskRow>(`SELECT * FROM tasks WHERE unit = ? AND ${where} ORDER BY id`, unit)
    : model.db.all<TaskRow>(`SELECT * FROM tasks WHERE model = ? AND ${where} ORDER BY id`, model.uuid);
  return rows.map((row) => toRecord(model, row));
}

export function startTask(model: Model, id: number): void {
  model.db.run("UPDATE tasks SET status = 'running', started = ? WHERE model = ? AND id = ?", now(), model.uuid, id);
}

export function setTaskStatus(model: Model, id: number, status: Task['status']): void {
  model.db.run('UPDATE tasks SET status = ? WHERE model = ? AND id = ?', status, model.uuid, id);
}

export function endTask(
  model: Model,
  id: number,
  outcome: {
    readonly status: Task['status'];
    readonly message: string;
    readonly results?: Readonly<Record<string, unknown>>;
  },
): void {
  model.db.run(
    'UPDATE tasks SET status = ?, message = ?, results_json = ?, completed = ? WHERE model = ? AND id = ?',
    outcome.status,
    sealTaskText(model, { id, column: 'message' }, outcome.message),
    sealTaskText(model, { id, column: 'results_json' }, JSON.stringify(outcome.results ?? {})),
    now(),
    model.uuid,
    id,
  );
}

/** A line of `action-log`. A task keeps its newest 1000 lines. */
export function appendTaskLog(model: Model, id: number, message: string): void {
  model.db.transact(() => {
    const task = findTask(model, id);
    if (!task) return;
    const log = [...task.log, { time: now(), message }].slice(-1000);
    const sealed = sealTaskText(model, { id, column: 'log_json' }, JSON.stringify(log));
    model.db.run('UPDATE tasks SET log_json = ? WHERE model = ? AND id = ?', sealed, model.uuid, id);
  });
}

/** The body that `juju show-task` prints. */
export function taskBody(task: TaskRecord): Task {
  const timing = {
    enqueued: taskTime(task.enqueued),
    ...(task.started && { started: taskTime(task.started) }),
    ...(task.completed && { completed: taskTime(task.completed) }),
  };
  return {
    id: String(task.id),
    unit: task.unitName,
    status: task.status,
    ...(task.message && { message: task.message }),
    ...(Object.keys(task.results).length > 0 && { results: task.results }),
    ...(task.log.length > 0 && { log: task.log.map((line) => `${taskTime(line.time)} ${line.message}`) }),
    timing,
  };
}

export function findOperation(model: Model, id: number): Operation | undefined {
  const row = model.db.get<{ id: number; summary: string; unscheduled_json: string }>(
    'SELECT * FROM operations WHERE model = ? AND id = ?',
    model.uuid,
    id,
  );
  if (!row) return undefined;
  const tasks = model.db
    .all<TaskRow>('SELECT * FROM tasks WHERE model = ? AND operation = ? ORDER BY id', model.uuid, id)
    .map((each) => toRecord(model, each));
  return {
    id: String(row.id),
    summary: row.summary,
    status: operationStatus(tasks.map((task) => task.status)),
    tasks: Object.fromEntries(tasks.map((task) => [task.unitName, taskBody(task)])),
    unscheduled: JSON.parse(row.unscheduled_json),
    timedOut: false,
  };
}

/** Oldest first, the newest 50. */
export function listOperations(model: Model): Operation[] {
  const rows = model.db.all<{ id: number }>(
    'SELECT id FROM operations WHERE model = ? ORDER BY id DESC LIMIT 50',
    model.uuid,
  );
  return rows.reverse().map((row) => findOperation(model, row.id)!);
}

/** Juju's order: an operation is what the least finished of its tasks is, and of ended ones the worst. */
function operationStatus(statuses: readonly Task['status'][]): string {
  if (statuses.length === 0) return 'error';
  const order: readonly Task['status'][] = [
    'running',
    'aborting',
    'pending',
    'error',
    'failed',
    'aborted',
    'cancelled',
    'completed',
  ];
  return order.find((status) => statuses.includes(status)) ?? 'completed';
}

/** `2026-01-02 03:04:05 +0000 UTC`, as Juju prints a task's times. */
function taskTime(iso: string): string {
  return `${iso.slice(0, 10)} ${iso.slice(11, 19)} +0000 UTC`;
}

function toRecord(model: Model, row: TaskRow): TaskRecord {
  return {
    id: row.id,
    operation: row.operation,
    unit: row.unit,
    unitName: row.unit_name,
    event: JSON.parse(openTaskText(model, row, 'event_json')),
    status: row.status,
    message: openTaskText(model, row, 'message'),
    results: JSON.parse(openTaskText(model, row, 'results_json')),
    log: JSON.parse(openTaskText(model, row, 'log_json')),
    enqueued: row.enqueued,
    started: row.started,
    completed: row.completed,
  };
}
