import type { Operation, Task } from '../../controller/api.ts';
import { naturalCompare } from '../natural.ts';
import { renderTable } from '../table.ts';
import { taskBody } from './render.ts';

/** Juju shows the ids of so many tasks in a line. */
const shownIds = 5;

/** What `juju show-operation` prints. */
export function operationListing(operation: Operation): Record<string, unknown> {
  const tasks = tasksOf(operation).map((task) => {
    const { id: _id, ...body } = taskBody(task, false);
    return [task.id, { host: task.unit, ...body }];
  });
  return {
    summary: operation.summary,
    status: operation.status,
    ...(Object.keys(operation.unscheduled).length > 0
      ? { error: Object.values(operation.unscheduled).join('\n') }
      : {}),
    timing: timingOf(operation),
    ...(tasks.length > 0 ? { tasks: Object.fromEntries(tasks) } : {}),
  };
}

/** What `juju operations` prints. */
export function operationTable(operations: readonly Operation[]): string {
  const rows = operations.map((operation) => {
    const ids = tasksOf(operation).map((task) => task.id);
    const timing = timingOf(operation);
    return [
      operation.id,
      operation.status,
      short(timing.started),
      short(timing.completed),
      ids.slice(0, shownIds).join(',') + (ids.length > shownIds ? '...' : ''),
      operation.summary,
    ];
  });
  return renderTable([['Id', 'Status', 'Started', 'Finished', 'Task IDs', 'Summary'], ...rows], [0]);
}

function tasksOf(operation: Operation): Task[] {
  return Object.values(operation.tasks).sort((a, b) => naturalCompare(a.id, b.id));
}

/** From the first task queued and started until the last one completed. */
function timingOf(operation: Operation): { enqueued?: string; started?: string; completed?: string } {
  const times = (key: 'enqueued' | 'started' | 'completed') =>
    Object.values(operation.tasks)
      .flatMap((task) => task.timing[key] ?? [])
      .sort();
  const [enqueued, started] = [times('enqueued')[0], times('started')[0]];
  const completed = times('completed');
  const last = completed.length === Object.keys(operation.tasks).length ? completed.at(-1) : undefined;
  return { ...(enqueued ? { enqueued } : {}), ...(started ? { started } : {}), ...(last ? { completed: last } : {}) };
}

/** `2026-01-02 03:04:05 +0000 UTC` -> `2026-01-02T03:04:05`. */
function short(time: string | undefined): string {
  return time?.replace(/^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d).*$/, '$1T$2') ?? '';
}
