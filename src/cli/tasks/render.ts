import type { Operation, Task } from '../../controller/api.ts';
import { naturalCompare, naturalEntries } from '../natural.ts';
import { goYaml } from '../yaml.ts';

/** Results that the plain form shows as text, or not at all. */
const shownApart = new Set(['return-code', 'stdout', 'stderr', 'stdout-encoding', 'stderr-encoding']);

/** `juju run --format yaml|json`: unit -> body, keys in the order Go gives them. */
export function operationBody(operation: Operation): Record<string, unknown> {
  return Object.fromEntries(naturalEntries(operation.tasks).map(([unit, task]) => [unit, taskBody(task, true)]));
}

/** What stands below a unit's name; `juju show-task` prints it without the name. Keys are sorted. */
export function taskBody(task: Task, withUnit: boolean): Record<string, unknown> {
  const body: Record<string, unknown> = { id: task.id };
  if (task.log && task.log.length > 0) body.log = task.log;
  if (task.message) body.message = task.message;
  if (task.results && Object.keys(task.results).length > 0) body.results = results(task.results);
  body.status = task.status;
  const timing = Object.fromEntries(Object.entries(task.timing).sort(([a], [b]) => (a < b ? -1 : 1)));
  if (Object.keys(timing).length > 0) body.timing = timing;
  if (withUnit) body.unit = task.unit;
  return body;
}

/** Sorted, with the return code as a number, and without empty stdout and stderr. */
function results(given: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const entries = Object.entries(given).filter(
    ([key, value]) => !((key === 'stdout' || key === 'stderr') && value === ''),
  );
  return Object.fromEntries(
    entries
      .sort(([a], [b]) => naturalCompare(a, b))
      .map(([key, value]) => [key, key === 'return-code' ? Number(value) : value]),
  );
}

/** `--format plain` of `juju run`: results as YAML, then the texts the action printed; for several units a YAML map. */
export function plainOperation(operation: Operation): string {
  const tasks = naturalEntries(operation.tasks);
  if (tasks.length > 1) {
    const map = tasks.map(([unit, task]) => {
      const body: Record<string, unknown> = { id: task.id };
      if (task.message) body.message = task.message;
      return [unit, { ...body, output: resultsText(task), status: task.status }];
    });
    return goYaml(Object.fromEntries(map));
  }
  return tasks.map(([, task]) => plainTask(task)).join('');
}

/** One task of `juju run`, and what `juju show-task --format plain` prints. */
export function plainTask(task: Task): string {
  const failed = task.status === 'failed' ? `Action id ${task.id} failed: ${task.message ?? ''}\n` : '';
  return `${failed}${resultsText(task)}\n${textOf(task, 'stdout')}${textOf(task, 'stderr')}`;
}

/** `--format plain` of `juju exec`: just what the commands printed, under the unit's name when there are several. */
export function plainExec(operation: Operation): string {
  const tasks = naturalEntries(operation.tasks).map(
    ([unit, task]) => [unit, ended(task, 'stdout') + ended(task, 'stderr')] as const,
  );
  const several = tasks.filter(([, text]) => text !== '').length > 1;
  return tasks.map(([unit, text]) => (several ? `${unit}:\n${text}\n` : text)).join('');
}

/**
 * The error that `juju run` and `juju exec` end with when processes failed, or nothing. An action that called
 * `action-fail` and ended well is no such failure.
 */
export function failedTasks(operation: Operation): string | undefined {
  const failed = Object.values(operation.tasks)
    .map((task) => ({ id: task.id, code: Number(task.results?.['return-code'] ?? 0) }))
    .filter(({ code }) => code >= 1);
  if (failed.length === 0) return undefined;
  const s = failed.length > 1 ? 's' : '';
  const lines = failed.map(({ id, code }) => ` - id "${id}" with return code ${code}`).sort();
  return `the following task${s} failed:\n${lines.join('\n')}\n\nuse 'charmlet show-task' to inspect the failure${s}\n`;
}

function resultsText(task: Task): string {
  if (!task.results || Object.keys(task.results).length === 0) return `Task ${task.id} ${task.status}\n`;
  const shown = Object.entries(results(task.results)).filter(([key]) => !shownApart.has(key.toLowerCase()));
  return shown.length > 0 ? goYaml(Object.fromEntries(shown)) : '';
}

function textOf(task: Task, name: 'stdout' | 'stderr'): string {
  const text = String(task.results?.[name] ?? '').replace(/^\n+|\n+$/g, '');
  return text === '' ? '' : `${text}\n`;
}

function ended(task: Task, name: 'stdout' | 'stderr'): string {
  const text = String(task.results?.[name] ?? '');
  return text === '' || text.endsWith('\n') ? text : `${text}\n`;
}
