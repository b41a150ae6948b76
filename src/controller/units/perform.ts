import { setTimeout as sleep } from 'node:timers/promises';
import { type Context, jujuVersion } from '../context.ts';
import { messageOf } from '../errors.ts';
import type { HookEvent } from '../hook/event.ts';
import type { HookOutcome } from '../hook/run.ts';
import { measuredRun } from '../metrics/measured-run.ts';
import { unitPlaces } from '../places.ts';
import { configHash, readApplication } from '../store/applications.ts';
import { readCharm } from '../store/charms.ts';
import { hookModel } from '../store/hook-model.ts';
import { type Model, readModelConfig } from '../store/models.ts';
import { markFailed, markRunning, type QueuedEvent, requeue } from '../store/queue.ts';
import { relationExists } from '../store/relations.ts';
import { endTask, findTask, startTask, type TaskRecord } from '../store/tasks.ts';
import { writeUnitLog } from '../store/unit-log.ts';
import { readUnit, setAgentStatus, type UnitRecord, unitById } from '../store/units.ts';
import { companionUnit } from './companion-unit.ts';
import { afterEvent, beforeEvent } from './completion.ts';
import type { Doing } from './pick-work.ts';
import { rest } from './rest.ts';
import { interruptedDelayMs, retryDelayMs } from './retry.ts';

/** Does one piece of a unit's work and writes down what became of it. The caller sees to it that a unit has one at a time. */
export class Performer {
  /** Unit -> how often in a row its hook was cut short. */
  readonly #interruptions = new Map<number, number>();

  async perform(context: Context, work: Doing, signal: AbortSignal): Promise<void> {
    try {
      if (work.do === 'event') await this.#event(context, work.queued, signal);
      else await this.#task(context, work.task, signal);
    } catch (error) {
      context.log.error({ ...named(work), err: error }, 'cannot write down what became of a piece of work');
      await this.#putBack(context, work, signal);
    }
  }

  /** The disk may be full, for example: tries until the event is in the queue again, for else its unit would stand still. */
  async #putBack({ model }: Context, work: Doing, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        if (work.do === 'event') requeue(model, work.queued.id);
        else endTask(model, work.task.id, { status: 'failed', message: 'action terminated' });
        return;
      } catch {
        await sleep(5000, undefined, { signal }).catch(() => {});
      }
    }
  }

  /** The work could not even be begun: the unit's place could not be made ready. */
  unprepared(context: Context, work: Doing, error: unknown): void {
    const name = work.do === 'event' ? readUnit(context.model, work.queued.unit).name : work.task.unitName;
    writeUnitLog(context, name, 'ERROR', 'juju.worker.uniter', messageOf(error));
    if (work.do === 'event') fail(context, work.queued, `hook failed: "${work.queued.event.hook}"`);
    else endTask(context.model, work.task.id, { status: 'failed', message: messageOf(error) });
  }

  async #event(context: Context, queued: QueuedEvent, signal: AbortSignal): Promise<void> {
    const { model } = context;
    const { hook } = queued.event;
    const unit = readUnit(model, queued.unit);
    const hash = configHash(model, readApplication(model, unit.application));
    model.db.transact(() => {
      markRunning(model, queued.id);
      beforeEvent(model, queued);
    });
    let committed = false;
    const finish = (): void => {
      afterEvent(model, queued, hash);
      model.db.afterCommit(() => {
        committed = true;
      });
    };
    const outcome = await run(context, unit, queued.event, signal, finish).catch((error: unknown) =>
      bug(context, unit, queued.event, error),
    );
    const say = (level: string, text: string): void =>
      writeUnitLog(context, unit.name, level, 'juju.worker.uniter.operation', text);
    if (committed || outcome.kind === 'ok' || outcome.kind === 'missing') {
      if (!committed) model.db.transact(finish);
      this.#interruptions.delete(queued.unit);
      say('INFO', outcome.kind === 'missing' ? `skipped "${hook}" hook (missing)` : `ran "${hook}" hook`);
    } else if (outcome.kind === 'failed') {
      this.#interruptions.delete(queued.unit);
      say('ERROR', `hook "${hook}" failed: ${outcome.detail}`);
      fail(context, queued, outcome.reason);
    } else {
      await this.#interrupted(context, queued, signal);
    }
  }

  /** Back into the queue. When it is the controller that stops, the event is found there by the next one. */
  async #interrupted({ model }: Context, queued: QueuedEvent, signal: AbortSignal): Promise<void> {
    const times = (this.#interruptions.get(queued.unit) ?? 0) + 1;
    this.#interruptions.set(queued.unit, times);
    const delay = interruptedDelayMs(times);
    if (delay > 0 && !signal.aborted) await sleep(delay, undefined, { signal }).catch(() => {});
    model.db.transact(() => {
      if (unitById(model, queued.unit)?.forced) return pass(model, queued);
      requeue(model, queued.id);
      rest(model, queued.unit);
    });
  }

  /** An action or a command. It is ended whatever happens: what an action did once it is not made to do again. */
  async #task(context: Context, task: TaskRecord, signal: AbortSignal): Promise<void> {
    const { model } = context;
    const unit = unitById(model, task.unit ?? -1);
    if (!unit) {
      endTask(model, task.id, { status: 'cancelled', message: `unit "${task.unitName}" has gone` });
      return;
    }
    model.db.transact(() => {
      startTask(model, task.id);
      setAgentStatus(
        model,
        unit.id,
        'executing',
        task.event.action ? `running action ${task.event.action.name}` : 'running commands',
      );
    });
    const told = (line: string): void => {
      context.taskLogs.emit('line', model.uuid, { task: String(task.id), unit: unit.name, log: line });
    };
    const end = await run(context, unit, task.event, signal, () => {}, told).then(
      (outcome) => taskEnd(outcome, findTask(model, task.id)?.status === 'aborting'),
      (error: unknown) => taskEnd(bug(context, unit, task.event, error), false),
    );
    model.db.transact(() => {
      endTask(model, task.id, end);
      rest(model, unit.id);
    });
  }
}

/** Which piece of work it was, without what an action was told: that may be secret. */
function named(work: Doing) {
  return work.do === 'event' ? { event: work.queued.id, hook: work.queued.event.hook } : { task: work.task.id };
}

function taskEnd(outcome: HookOutcome, aborting: boolean): Parameters<typeof endTask>[2] {
  switch (outcome.kind) {
    case 'action':
      return aborting && outcome.status === 'failed' ? { ...outcome, status: 'aborted' } : outcome;
    case 'interrupted':
      return aborting ? { status: 'aborted', message: '' } : { status: 'failed', message: 'action terminated' };
    case 'failed':
      return { status: 'failed', message: outcome.detail };
    default:
      return { status: 'completed', message: '' };
  }
}

async function run(
  context: Context,
  unit: UnitRecord,
  event: HookEvent,
  signal: AbortSignal,
  onCommit: () => void,
  onTaskLog?: (line: string) => void,
): Promise<HookOutcome> {
  const { paths } = context;
  const places = unitPlaces(paths, context.model, unit.name);
  const shared = {
    model: hookModel(context.model, context.logs, onCommit),
    unit: unit.name,
    event,
    signal,
    ...(onTaskLog && { onTaskLog }),
  };
  const charm = readCharm(context.model, unit.charm);
  if (charm.origin !== 'companion') {
    return measuredRun(context, unit, {
      ...shared,
      how: {
        kind: 'process',
        charmDir: places.charm,
        server: context.hooks,
        containersDir: places.runtime,
        jujuVersion,
        environment: passedOn(context.env),
        enter: await context.charmViews.enter({ model: context.model, unit: unit.name, places }, charm),
      },
    });
  }
  const companion = await context.companion(charm.name);
  if (!companion) throw new Error(`this charmlet has no "${charm.name}" any more`);
  return measuredRun(context, unit, {
    ...shared,
    how: { kind: 'companion', companion, unit: companionUnit(context, unit) },
  });
}

/** What a charm is told of the controller's own environment: where errors are reported to. */
function passedOn({ CHARMLET_SENTRY_DSN: dsn }: NodeJS.ProcessEnv): Readonly<Record<string, string>> {
  return dsn ? { CHARMLET_SENTRY_DSN: dsn } : {};
}

function fail(context: Context, queued: QueuedEvent, reason: string): void {
  const { model } = context;
  const unit = unitById(model, queued.unit);
  if (!unit) return;
  const relation = queued.event.relation?.id;
  if (unit.forced || (relation !== undefined && !relationExists(model, relation))) {
    model.db.transact(() => pass(model, queued));
    return;
  }
  const delay = retryDelayMs(queued.attempts + 1);
  const retryAt = readModelConfig(model)['automatically-retry-hooks'] === false ? null : new Date(Date.now() + delay);
  model.db.transact(() => {
    markFailed(model, queued.id, reason, retryAt);
    rest(model, queued.unit);
  });
}

/** Goes on as if the hook had ended well: the unit is removed with force, or what the hook was about has gone. */
function pass(model: Model, queued: QueuedEvent): void {
  const { application } = readUnit(model, queued.unit);
  afterEvent(model, queued, configHash(model, readApplication(model, application)));
}

function bug(context: Context, unit: UnitRecord, event: HookEvent, error: unknown): HookOutcome {
  context.log.error({ unit: unit.name, hook: event.hook, err: error }, 'internal error: a hook could not be run');
  return { kind: 'failed', reason: `hook failed: "${event.hook}"`, detail: messageOf(error), returnCode: null };
}
