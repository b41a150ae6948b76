import type { Methods } from '../api.ts';
import type { Context } from '../context.ts';
import { UserError } from '../errors.ts';
import type { Caller } from '../server.ts';
import { type ApplicationRecord, findApplication } from '../store/applications.ts';
import type { Model } from '../store/models.ts';
import { relationsThrough } from '../store/relation-links.ts';
import { relationsOf } from '../store/relations.ts';
import { listUnits } from '../store/units.ts';
import { beginApplicationRemoval } from '../units/application-removal.ts';
import { offersOf } from '../units/offer-removal.ts';
import { storageOf } from '../units/removal.ts';
import type { Scheduler } from '../units/scheduler.ts';
import { needApplication } from './find.ts';
import { staying } from './in-error.ts';
import { heldUp } from './relate.ts';

/** Accepted at once, except what cannot be removed; the hooks run after that. With `force` also a hook that runs now is cut short. */
export async function removeApplication(
  context: Context,
  scheduler: Scheduler,
  params: Methods['removeApplication']['params'],
  caller: Pick<Caller<'removeApplication'>, 'tell'>,
): Promise<Methods['removeApplication']['result']> {
  const { model } = context;
  const failed: { name: string; why: string }[] = [];
  const applications = params.applications.flatMap((name) => {
    try {
      const application = needApplication(context, name);
      if (!params.force) refuseConsumed(model, application);
      return [application];
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      failed.push({ name, why: error.message });
      return [];
    }
  });
  const running: number[] = [];
  for (const application of applications) {
    caller.tell({ progress: `will remove application ${application.name}` });
    for (const unit of listUnits(model, application.id)) {
      caller.tell({ progress: `- will remove unit ${unit.name}` });
      if (params.force) running.push(unit.id);
    }
    for (const storage of storageOf(model, application.id))
      caller.tell({ progress: `- will remove storage ${storage}` });
    model.db.transact(() => beginApplicationRemoval(model, application, { force: params.force }));
  }
  if (params.force) await Promise.all(running.map((unit) => scheduler.interrupt(unit)));
  const messages = applications.flatMap((application) =>
    findApplication(model, application.name) && !params.force
      ? staying(model, listUnits(model, application.id), '--force')
      : [],
  );
  for (const application of applications)
    for (const view of relationsOf(model, application.id)) messages.push(...heldUp(model, view));
  return { messages: [...new Set(messages)], failed };
}

/** What other models use is not taken from them unasked, in Juju's words. */
function refuseConsumed(model: Model, { id, name }: ApplicationRecord): void {
  const consumers = offersOf(model, id).flatMap((offered) => relationsThrough(model, offered.uuid)).length;
  if (consumers === 0) return;
  throw new UserError(
    `cannot destroy application "${name}": application is used by ${consumers} consumer${consumers === 1 ? '' : 's'} (charmlet offers tells of which; --force ends their relations too)`,
  );
}
