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
import type { Model } from '../store/models.ts';
import { queueEvent, ranks } from '../store/queue.ts';
import { addPeerRelations, relationsOf } from '../store/relations.ts';
import { setResource } from '../store/resources.ts';
import { listUnits } from '../store/units.ts';
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
    const revision = await keepCharm(context, found, (kept) => {
      refuseBrokenRelations(model, application, found.spec);
      model.db.run('UPDATE applications SET charm = ? WHERE id = ?', kept.record().id, application.id);
      addPeerRelations(model, readApplication(model, application.id));
      renewUnits(model, application, resources);
      return kept.revision;
    });
    tell(`Added local charm "${found.spec.name}", revision ${revision}, to the model`);
    return { messages: [] };
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
  model.db.transact(() => renewUnits(model, application, resources));
  return { messages: [] };
}

/** A unit that was never installed begins with the new charm; the others are told stop first, and follow then. */
function renewUnits(model: Model, application: ApplicationRecord, resources: readonly TakenResource[]): void {
  for (const resource of resources) setResource(model, application.id, resource);
  model.db.run('UPDATE applications SET generation = generation + 1 WHERE id = ?', application.id);
  const { charm } = readApplication(model, application.id);
  for (const unit of listUnits(model, application.id)) {
    if (unit.life === 'dying') continue;
    if (unit.installed) {
      queueEvent(model, unit.id, ranks.install, { hook: 'stop' });
      continue;
    }
    model.db.run(
      'UPDATE units SET charm = ?, generation = (SELECT generation FROM applications WHERE id = ?) WHERE id = ?',
      charm,
      application.id,
      unit.id,
    );
  }
}

function refuseDying(application: ApplicationRecord): void {
  if (application.life === 'dying') throw new UserError(`application "${application.name}" is being removed`);
}
