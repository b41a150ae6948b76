import { once } from 'node:events';
import type { Methods } from '../api.ts';
import {
  type Context,
  cloudName,
  contextOf,
  controllerName,
  jujuVersion,
  modelOwner,
  regionName,
  type Shared,
} from '../context.ts';
import { UserError } from '../errors.ts';
import type { ModelListing } from '../models-api.ts';
import type { Caller } from '../server.ts';
import { listApplications } from '../store/applications.ts';
import {
  ensureModel,
  findModel,
  listModels,
  type Model,
  modelCreated,
  modelInFocus,
  modelLife,
  setFocus,
} from '../store/models.ts';
import { listOffers } from '../store/offers.ts';
import { listUnits } from '../store/units.ts';
import { endModel } from '../units/forget.ts';
import { endOffer } from '../units/offer-removal.ts';
import { chooseModel } from './choose-model.ts';
import { modelConfigSet } from './config.ts';
import { staying } from './in-error.ts';
import type { Parts } from './parts.ts';
import { removeApplication } from './remove.ts';
import { statusTime } from './shown-status.ts';

/** Longer names are no names of namespaces on Kubernetes either. */
const longestName = 63;

export function addModel(shared: Shared, params: Methods['addModel']['params']): Methods['addModel']['result'] {
  const { db } = shared;
  const { name } = params;
  if (!/^[a-z0-9]+[a-z0-9-]*$/.test(name) || name.length > longestName)
    throw new UserError(
      `"${name}" is not a valid name: model names may only contain lowercase letters, digits and hyphens${name.length > longestName ? ` (at most ${longestName})` : ''}`,
    );
  return db.transact(() => {
    if (findModel(db, name))
      throw new UserError(`failed to create new model: model "${name}" for ${modelOwner} already exists`);
    const model = ensureModel(db, name);
    if (Object.keys(params.settings).length > 0)
      modelConfigSet(contextOf(shared, model), { values: params.settings, reset: [] });
    if (params.focus) setFocus(model);
    return { messages: [`Added '${name}' model on ${cloudName}/${regionName} for user '${modelOwner}'`] };
  });
}

export function models({ db }: Shared): Methods['models']['result'] {
  const focus = modelInFocus(db)?.name;
  return { models: listModels(db).map(listing), ...(focus !== undefined && { focus }) };
}

export function listing(model: Model): ModelListing {
  return {
    name: `${modelOwner}/${model.name}`,
    'short-name': model.name,
    'model-uuid': model.uuid,
    'model-type': 'caas',
    'controller-name': controllerName,
    'is-controller': false,
    owner: modelOwner,
    cloud: cloudName,
    region: regionName,
    type: 'kubernetes',
    life: modelLife(model),
    status: {
      current: modelLife(model) === 'alive' ? 'available' : 'destroying',
      since: statusTime(modelCreated(model)),
    },
    users: { [modelOwner]: { access: 'admin', 'last-connection': 'never connected' } },
    'unit-count': listUnits(model).length,
    sla: 'unsupported',
    'agent-version': jujuVersion,
  };
}

export function switchModel(
  { db }: Shared,
  { to }: Methods['switchModel']['params'],
): Methods['switchModel']['result'] {
  const from = modelInFocus(db);
  const chosen = to === undefined || to === controllerName ? from : chooseModel(db, to);
  if (chosen && chosen.uuid !== from?.uuid) setFocus(chosen);
  return { ...(from && { from: from.name }), ...(chosen && { to: chosen.name }) };
}

/** Goes on by itself when the client hangs up or the controller is killed. */
export async function destroyModel(
  context: Context,
  parts: Pick<Parts, 'scheduler' | 'leftovers'>,
  params: Methods['destroyModel']['params'],
  caller: Caller<'destroyModel'>,
): Promise<Methods['destroyModel']['result']> {
  const { model, logs, db } = context;
  // What others consume goes with the model, as in Juju: their relations end, and they see that the offer has gone.
  db.transact(() => {
    db.run("UPDATE models SET life = 'dying' WHERE uuid = ?", model.uuid);
    for (const offered of listOffers(db, model)) endOffer(offered);
  });
  const applications = listApplications(model).map((application) => application.name);
  const removal = { applications, force: params.force, destroyStorage: true };
  const { messages } = await removeApplication(context, parts.scheduler, removal, caller);
  for (const message of messages) caller.tell({ progress: message });
  db.transact(() => endModel(model));
  await untilEmpty(model, caller, new Set(messages));
  await parts.leftovers.settled();
  logs.keepOnly(listModels(db).map(({ uuid }) => uuid));
  return { messages: [] };
}

/** Resolves when no application is left, or the client has hung up. `told`: what the client knows of units in error. */
async function untilEmpty(model: Model, caller: Caller<'destroyModel'>, told: Set<string>): Promise<void> {
  let shown = -1;
  const met = new AbortController();
  const onChange = (): void => {
    const left = listApplications(model).length;
    if (left > 0 && left !== shown)
      caller.tell({ progress: `Waiting for ${left} application${left === 1 ? '' : 's'} to be removed` });
    shown = left;
    for (const message of staying(model, listUnits(model), '--force')) {
      if (!told.has(message)) caller.tell({ progress: message });
      told.add(message);
    }
    if (left === 0) met.abort();
  };
  model.db.on('changed', onChange);
  try {
    onChange();
    const stop = AbortSignal.any([met.signal, caller.signal]);
    if (!stop.aborted) await once(stop, 'abort');
  } finally {
    model.db.off('changed', onChange);
  }
}
