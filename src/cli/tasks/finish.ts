import type { Operation, Progress, TaskLog } from '../../controller/api.ts';
import { forever, parseDuration } from '../duration.ts';
import { Failure, usageError } from '../failure.ts';
import { naturalEntries } from '../natural.ts';
import { type Renderer, writeFormatted } from '../output.ts';
import type { Invocation } from '../verb.ts';
import { failedTasks, operationBody } from './render.ts';

/**
 * `--wait` in milliseconds; it goes with `--background` as little as in Juju. As there, 0 stands for the time that is
 * waited anyway, and less than 0 for as long as it takes.
 */
export function waitMsOf(call: Invocation, fallbackMs: number): number {
  const wait = typeof call.options.wait === 'string' ? parseDuration(call.options.wait, 'wait') : 0;
  if (call.options.background && wait > 0) throw usageError('cannot specify both --wait and --background');
  if (wait === 0) return fallbackMs;
  return wait < 0 ? forever : wait;
}

/** Shows a running operation's events as Juju's client does: progress lines and log messages, on stderr. */
export function showEvent(call: Invocation, hidden: boolean): (event: Progress | TaskLog) => void {
  return (event) => {
    if ('progress' in event) {
      // Juju's client leaves an empty line after this one, before the results.
      if (!hidden || call.verbose)
        call.info(/^Waiting for task \d+\.\.\.$/.test(event.progress) ? `${event.progress}\n` : event.progress);
      return;
    }
    call.info(
      event.log.replace(/^\d{4}-\d\d-\d\d[ T](\d\d:\d\d:\d\d)(?:\.\d+)?(?:Z| ?[+-]\d\d:?\d\d(?: \w+)?)? /, '$1 '),
    );
  };
}

/** Prints what became of an operation and resolves to the exit code. Rejects when processes failed or time ran out. */
export async function finishOperation(
  call: Invocation,
  operation: Operation,
  plain: Renderer<Operation>,
): Promise<number> {
  const tasks = naturalEntries(operation.tasks);
  const unscheduled = naturalEntries(operation.unscheduled).map(([, reason]) => reason);
  if (tasks.length === 0) {
    call.info(`Operation ${operation.id} failed to schedule any tasks:\n${unscheduled.join('\n')}`);
    return 0;
  }
  if (unscheduled.length > 0) call.info(`Some actions could not be scheduled:\n${unscheduled.join('\n')}\n`);
  if (call.options.background) {
    await tellScheduled(call, operation);
    return 0;
  }
  if (operation.timedOut) {
    const late = tasks
      .filter(([, task]) => task.status === 'pending' || task.status === 'running')
      .map(([unit]) => `unit ${unit}`);
    throw new Failure(`timed out waiting for results from: ${late.join(', ')}`);
  }
  const body = operationBody(operation);
  await writeFormatted<unknown>(call, body, { plain: () => plain(operation) });
  const failure = failedTasks(operation);
  if (failure) throw new Failure(failure);
  return 0;
}

async function tellScheduled(call: Invocation, operation: Operation): Promise<void> {
  const tasks = naturalEntries(operation.tasks);
  const [only] = tasks;
  if (tasks.length === 1 && only) {
    call.info(`Scheduled operation ${operation.id} with task ${only[1].id}`);
    call.info(`Check operation status with 'charmlet show-operation ${operation.id}'`);
    call.info(`Check task status with 'charmlet show-task ${only[1].id}'`);
    return;
  }
  call.info(`Scheduled operation ${operation.id} with ${tasks.length} tasks`);
  const { goYaml } = await import('../yaml.ts');
  call.out(goYaml(Object.fromEntries(tasks.map(([unit, task]) => [unit, { id: task.id }]))));
  call.info(`Check operation status with 'charmlet show-operation ${operation.id}'`);
  call.info("Check task status with 'charmlet show-task <id>'");
}
