import type { Methods } from '../api.ts';
import type { Context } from '../context.ts';
import { UserError } from '../errors.ts';
import { configHash, readApplication } from '../store/applications.ts';
import { now } from '../store/models.ts';
import { failedEvent, setRetry } from '../store/queue.ts';
import { listUnits } from '../store/units.ts';
import { afterEvent } from '../units/completion.ts';
import { needUnit } from './find.ts';

/** Has failed hooks tried again now; with `retry` false they count as done instead. Nothing happens when one of the units is not in error. */
export function resolved(context: Context, params: Methods['resolved']['params']): Methods['resolved']['result'] {
  const { model } = context;
  if (params.all && params.units.length > 0)
    throw new UserError('specifying unit names(s) with --all is not supported', { exitCode: 2 });
  if (!params.all && params.units.length === 0) throw new UserError('no unit specified', { exitCode: 2 });
  const units = params.all
    ? listUnits(model).filter((unit) => failedEvent(model, unit.id))
    : params.units.map((name) => needUnit(context, name));
  const failed = units.map((unit) => {
    const event = failedEvent(model, unit.id);
    if (!event) throw new UserError(`unit "${unit.name}" is not in an error state`);
    return { unit, event };
  });
  model.db.transact(() => {
    for (const { unit, event } of failed) {
      // One that is being tried this moment needs no more.
      if (event.state === 'running') continue;
      if (params.retry) setRetry(model, event.id, new Date(now()));
      else afterEvent(model, event, configHash(model, readApplication(model, unit.application)));
    }
  });
  return { messages: [] };
}
