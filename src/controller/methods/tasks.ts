import { once } from 'node:events';
import type { Methods, Operation, Task } from '../api.ts';
import type { Context } from '../context.ts';
import { messageOf, UserError } from '../errors.ts';
import type { HookEvent } from '../hook/event.ts';
import type { Caller } from '../server.ts';
import { charmOf, readApplication } from '../store/applications.ts';
import {
  addOperation,
  endedStatuses,
  endTask,
  findOperation,
  findTask,
  listOperations,
  setTaskStatus,
  taskBody,
} from '../store/tasks.ts';
import type { UnitRecord } from '../store/units.ts';
import type { Scheduler } from '../units/scheduler.ts';
import { checkParams } from './action-params.ts';
import { needApplication, needUnit } from './find.ts';

export function actions(context: Context, application: string): Methods['actions']['result'] {
  return charmOf(context.model, needApplication(context, application)).spec.actions;
}

/** Schedules an action on units; parameters that do not fit its schema are refused before anything is written. */
export function run(context: Context, params: Methods['run']['params'], caller: Caller<'run'>): Promise<Operation> {
  const { model } = context;
  const unscheduled: Record<string, string> = {};
  const units: UnitRecord[] = [];
  let filled: Readonly<Record<string, unknown>> = params.params;
  for (const name of params.units) {
    try {
      const unit = needUnit(context, name);
      const spec = charmOf(model, readApplication(model, unit.application)).spec.actions;
      const action = Object.hasOwn(spec, params.action) ? spec[params.action] : undefined;
      if (!action) {
        const known = Object.keys(spec).sort().join(', ');
        unscheduled[unit.name] =
          `action "${params.action}" not defined on unit "${unit.name}"${known ? ` (there are: ${known})` : ''}`;
        continue;
      }
      filled = checkParams(params.action, action, params.params);
      if (!units.some((each) => each.id === unit.id)) units.push(unit);
    } catch (error) {
      if (!(error instanceof UserError) || /^cannot|validation/.test(error.message)) throw error;
      unscheduled[name] = messageOf(error);
    }
  }
  const names = units.map((unit) => unit.name).join(',');
  return schedule(
    context,
    {
      summary: `${params.action} run on ${names || params.units.join(',')}`,
      units,
      unscheduled,
      event: (task) => ({ hook: '', action: { name: params.action, task, params: filled } }),
    },
    params,
    caller,
  );
}

/** A command line in the unit's charm environment. */
export function exec(context: Context, params: Methods['exec']['params'], caller: Caller<'exec'>): Promise<Operation> {
  if (params.command.trim() === '') throw new UserError('no commands specified', { exitCode: 2 });
  const units = params.units.map((name) => needUnit(context, name));
  const told: Pick<Caller<'run'>, 'tell' | 'signal'> = {
    signal: caller.signal,
    tell: (event) => ('progress' in event ? caller.tell(event) : undefined),
  };
  return schedule(
    context,
    {
      summary: `juju-exec run on ${units.map((unit) => unit.name).join(',')}`,
      units,
      unscheduled: {},
      event: (task) => ({ hook: '', exec: { command: params.command, task } }),
    },
    params,
    told,
  );
}

async function schedule(
  context: Context,
  what: {
    readonly summary: string;
    readonly units: readonly UnitRecord[];
    readonly unscheduled: Record<string, string>;
    readonly event: (task: string) => HookEvent;
  },
  wait: { readonly background: boolean; readonly waitMs: number },
  caller: Pick<Caller<'run'>, 'tell' | 'signal'>,
): Promise<Operation> {
  const { model } = context;
  const id = addOperation(model, what);
  const operation = findOperation(model, id)!;
  const tasks = Object.values(operation.tasks);
  if (tasks.length === 0 || wait.background) return operation;
  caller.tell({ progress: `Running operation ${id} with ${tasks.length} task${tasks.length === 1 ? '' : 's'}` });
  for (const task of tasks) caller.tell({ progress: `  - task ${task.id} on unit-${task.unit.replace('/', '-')}` });
  caller.tell({ progress: '' });
  for (const task of tasks) caller.tell({ progress: `Waiting for task ${task.id}...` });
  const mine = new Set(tasks.map((task) => task.id));
  const onLine = (of: string, line: { task: string; unit: string; log: string }): void => {
    if (of === model.uuid && mine.has(line.task)) caller.tell(line);
  };
  context.taskLogs.on('line', onLine);
  try {
    const done = await waitUntil(
      context,
      () => [...mine].every((task) => hasEnded(context, Number(task))),
      wait.waitMs,
      caller.signal,
    );
    return { ...findOperation(model, id)!, timedOut: !done };
  } finally {
    context.taskLogs.off('line', onLine);
  }
}

/** Waits up to `waitMs` for the task to end; 0 does not wait. */
export async function showTask(
  context: Context,
  params: Methods['showTask']['params'],
  signal: AbortSignal,
): Promise<Task> {
  const id = needTask(context, params.id);
  if (params.waitMs > 0) await waitUntil(context, () => hasEnded(context, id), params.waitMs, signal);
  return taskBody(findTask(context.model, id)!);
}

export function showOperation(context: Context, id: string): Operation {
  const found = /^[0-9]+$/.test(id) ? findOperation(context.model, Number(id)) : undefined;
  if (!found) throw new UserError(`operation "${id}" not found`);
  return found;
}

export function operations(context: Context): Operation[] {
  return listOperations(context.model);
}

/** One that waits is cancelled; one that runs is ended, and its status tells `aborted` then. */
export async function cancelTask(context: Context, scheduler: Scheduler, given: string): Promise<Task> {
  const { model } = context;
  const id = needTask(context, given);
  const task = findTask(model, id)!;
  if (task.status === 'pending') {
    endTask(model, id, { status: 'cancelled', message: '' });
  } else if (task.status === 'running' && task.unit !== null) {
    setTaskStatus(model, id, 'aborting');
    await scheduler.interrupt(task.unit);
  }
  return taskBody(findTask(model, id)!);
}

function needTask(context: Context, given: string): number {
  const id = /^[0-9]+$/.test(given) ? Number(given) : Number.NaN;
  if (Number.isNaN(id) || !findTask(context.model, id)) throw new UserError(`task "${given}" not found`);
  return id;
}

function hasEnded(context: Context, id: number): boolean {
  const task = findTask(context.model, id);
  return !task || endedStatuses.includes(task.status);
}

/** True when the condition came to hold; looked at after each commit. False after `waitMs`, or when the client hangs up. */
async function waitUntil(
  context: Context,
  holds: () => boolean,
  waitMs: number,
  signal: AbortSignal,
): Promise<boolean> {
  const { db } = context.model;
  const met = new AbortController();
  const onChange = (): void => {
    if (holds()) met.abort();
  };
  db.on('changed', onChange);
  const timeout = AbortSignal.timeout(Math.max(1, Math.min(waitMs, 2 ** 31 - 1)));
  try {
    onChange();
    const stop = AbortSignal.any([met.signal, signal, timeout]);
    if (!stop.aborted) await once(stop, 'abort');
    return met.signal.aborted;
  } finally {
    db.off('changed', onChange);
  }
}
