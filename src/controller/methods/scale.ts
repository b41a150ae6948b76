import type { Methods } from '../api.ts';
import type { Context } from '../context.ts';
import { UserError } from '../errors.ts';
import { listUnits } from '../store/units.ts';
import { beginUnitRemoval } from '../units/removal.ts';
import { fillScale } from '../units/scaling.ts';
import type { Scheduler } from '../units/scheduler.ts';
import { needApplication } from './find.ts';
import { staying } from './in-error.ts';

const mostUnits = 100;

/** Sets how many units an application has, or changes it by a number. The units with the highest numbers go first. */
export async function scale(
  context: Context,
  scheduler: Scheduler,
  params: Methods['scale']['params'],
): Promise<Methods['scale']['result']> {
  const { model, paths } = context;
  const result = model.db.transact(() => {
    const application = needApplication(context, params.application);
    if (application.life === 'dying') throw new UserError(`application "${application.name}" is being removed`);
    const wanted = 'to' in params ? params.to : application.scale + params.by;
    if (wanted < 0)
      throw new UserError(
        `cannot remove more units than currently exist not valid (${application.name} has ${application.scale})`,
      );
    if (!Number.isSafeInteger(wanted) || wanted > mostUnits)
      throw new UserError(`cannot scale "${application.name}" to ${wanted} units (a number from 0 to ${mostUnits})`, {
        exitCode: 2,
      });
    model.db.run('UPDATE applications SET scale = ? WHERE id = ?', wanted, application.id);
    const leaving = listUnits(model, application.id)
      .filter((unit) => unit.life === 'alive')
      .slice(wanted)
      .reverse();
    for (const unit of leaving) beginUnitRemoval(model, unit, { force: params.force });
    const dying = listUnits(model, application.id).filter((unit) => unit.life === 'dying');
    if (params.force) for (const unit of dying) beginUnitRemoval(model, unit, { force: true });
    fillScale(model, paths, application.id);
    const messages = params.force ? [] : staying(model, dying, 'remove-unit --force');
    return { scale: wanted, messages, forced: params.force ? dying.map((unit) => unit.id) : [] };
  });
  await Promise.all(result.forced.map((unit) => scheduler.interrupt(unit)));
  return { scale: result.scale, messages: result.messages };
}
