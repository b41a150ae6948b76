import type { Methods } from '../api.ts';
import { findCharm } from '../charm/find-charm.ts';
import { keepCharm } from '../charm/keep-charm.ts';
import type { CharmSpec } from '../charm/spec.ts';
import type { Context } from '../context.ts';
import { UserError } from '../errors.ts';
import { type TakenResource, takeResources } from '../resources/take-resources.ts';
import type { Caller } from '../server.ts';
import { type ApplicationRecord, charmOf, readApplication } from '../store/applications.ts';
import { viewKey } from '../store/endpoints.ts';
import { type Model, now } from '../store/models.ts';
import { failedEvent, queueEvent, ranks, setRetry, unqueueEvent } from '../store/queue.ts';
import { addPeerRelations, relationsOf } from '../store/relations.ts';
import { setResource } from '../store/resources.ts';
import { listUnits } from '../store/units.ts';
import { takeCharm } from '../units/take-charm.ts';
import { needApplication } from './find.ts';

/** Another revision of the charm, from a path or from the catalogue, with new resources if any are given. */
export async function refresh(
  context: Context,
  params: Methods['refresh']['params'],
  caller: Pick<Caller<'refresh'>, 'tell'>,
): Promise<Methods['refresh']['result']> {
  const { model } = context;
  const application = needApplication(context, params.application);
  refuseDying(application);
  const present = charmOf(model, application);
  if (!params.path && present.origin === 'local') {
    throw new UserError(
      `cannot refresh "${application.name}": its charm came from a path (charmlet refresh ${application.name} --path ./CHARM)`,
    );
  }
  const found = await findCharm(context, params.path ?? present.name);
  try {
    if (found.spec.name !== present.name) {
      throw new UserError(
        `cannot upgrade "local:${present.name}-${present.revision}" to "${found.spec.name}": a refresh does not change the charm's name`,
      );
    }
    const tell = (progress: string): void => caller.tell({ progress });
    const resources = await takeResources(context, found.spec, params.resources, { live: params.live, tell });
    let waiting: string[] = [];
    const revision = await keepCharm(context, found, (kept) => {
      refuseBrokenRelations(model, application, found.spec);
      model.db.run('UPDATE applications SET charm = ? WHERE id = ?', kept.record().id, application.id);
      addPeerRelations(model, readApplication(model, application.id));
      waiting = renewUnits(model, application, { resources, forced: params.forceUnits === true });
      return kept.revision;
    });
    tell(`Added local charm "${found.spec.name}", revision ${revision}, to the model`);
    return { messages: waiting.map((unit) => `${whyItWaits(unit)} (at once: --force-units)`) };
  } finally {
    await found.dispose();
  }
}

/** A revision without an endpoint that is in use is not taken, in Juju's words. */
function refuseBrokenRelations(model: Model, application: ApplicationRecord, spec: CharmSpec): void {
  for (const view of relationsOf(model, application.id)) {
    const endpoint = spec.endpoints[view.own.endpoint];
    if (endpoint?.role === view.own.role && endpoint.interface === view.interface) continue;
    throw new UserError(
      `cannot upgrade application "${application.name}" to charm "${spec.name}": would break relation "${viewKey(view)}"`,
    );
  }
}

/** A new resource for a container: each unit comes back as after a refresh. */
export async function attachResource(
  context: Context,
  params: Methods['attachResource']['params'],
  caller: Pick<Caller<'attachResource'>, 'tell'>,
): Promise<Methods['attachResource']['result']> {
  const { model } = context;
  const application = needApplication(context, params.application);
  refuseDying(application);
  const { spec } = charmOf(model, application);
  const resources = await takeResources(
    context,
    spec,
    { [params.name]: params.value },
    { live: params.live, tell: (progress) => caller.tell({ progress }) },
  );
  const waiting = model.db.transact(() => renewUnits(model, application, { resources, forced: false }));
  return { messages: waiting.map(whyItWaits) };
}

/**
 * A unit that was never installed begins with the new charm; the others are told stop first, and follow then. A unit in
 * error can be told nothing: forced it follows at once, as in Juju without stop and upgrade-charm, else it waits.
 * Answers the names of those that wait.
 */
function renewUnits(
  model: Model,
  application: ApplicationRecord,
  { resources, forced }: { readonly resources: readonly TakenResource[]; readonly forced: boolean },
): string[] {
  const waiting: string[] = [];
  for (const resource of resources) setResource(model, application.id, resource);
  model.db.run('UPDATE applications SET generation = generation + 1 WHERE id = ?', application.id);
  for (const unit of listUnits(model, application.id)) {
    if (unit.life === 'dying') continue;
    const failed = failedEvent(model, unit.id);
    // Also one whose hook is being tried again this moment: should it fail once more, the next attempt has the new charm.
    if (!unit.installed || (failed && forced)) {
      takeCharm(model, unit);
      // Of an earlier refresh, which waited.
      unqueueEvent(model, unit.id, { hook: 'stop' });
      if (failed?.state === 'failed') setRetry(model, failed.id, new Date(now()));
      continue;
    }
    queueEvent(model, unit.id, ranks.install, { hook: 'stop' });
    if (failed) waiting.push(unit.name);
  }
  return waiting;
}

function whyItWaits(unit: string): string {
  return `unit "${unit}" is in error and follows when its hook has succeeded`;
}

function refuseDying(application: ApplicationRecord): void {
  if (application.life === 'dying') throw new UserError(`application "${application.name}" is being removed`);
}
