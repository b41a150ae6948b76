import type { DeployParams, Methods } from '../api.ts';
import { findCharm } from '../charm/find-charm.ts';
import { keepCharm } from '../charm/keep-charm.ts';
import { readConfigChanges } from '../config/read-config.ts';
import type { Context } from '../context.ts';
import { UserError } from '../errors.ts';
import { refuseMissingImages, takeResources } from '../resources/take-resources.ts';
import type { Caller } from '../server.ts';
import { addApplication, findApplication, setOption } from '../store/applications.ts';
import { type Model, modelLife } from '../store/models.ts';
import { addPeerRelations } from '../store/relations.ts';
import { setResource } from '../store/resources.ts';
import { findSaas } from '../store/saas.ts';
import { addUnits } from '../units/add-units.ts';
import { companionUnit } from '../units/companion-unit.ts';
import { followPreparation } from './follow-preparation.ts';

const applicationName = /^[a-z][a-z0-9]*(-[a-z0-9]*[a-z][a-z0-9]*)*$/;

/** Checks everything first, copies what is needed, then writes the application, its units and their events at once. */
export async function deploy(
  context: Context,
  params: DeployParams,
  caller: Caller<'deploy'>,
): Promise<Methods['deploy']['result']> {
  const { model } = context;
  const tell = (progress: string): void => caller.tell({ progress });
  if (!Number.isSafeInteger(params.units) || params.units < 1 || params.units > 100) {
    throw new UserError(`cannot deploy ${params.units} units (a number from 1 to 100)`, { exitCode: 2 });
  }
  const found = await findCharm(context, params.charm);
  try {
    const { spec } = found;
    const name = params.application ?? spec.name;
    if (!applicationName.test(name)) {
      throw new UserError(
        `invalid application name "${name}" (lower-case letters, digits and hyphens, beginning with a letter, no number after the last hyphen)`,
        { exitCode: 2 },
      );
    }
    refuseDying(model);
    refuseTaken(context, name);
    const config = readConfigChanges({
      application: name,
      options: spec.options,
      texts: params.config,
      files: params.configYaml,
      reset: [],
    });
    if (found.origin !== 'companion') refuseMissingImages(spec, params.resources);
    const resources = await takeResources(context, spec, params.resources, { live: params.live, tell });
    const charmKind = found.origin === 'companion' ? 'companion' : 'local charm';
    const { revision, units } = await keepCharm(context, found, (kept) => {
      refuseDying(model);
      refuseTaken(context, name);
      const charm = kept.record();
      const application = addApplication(model, {
        name,
        charm: charm.id,
        channel: params.channel ?? '',
        trust: config.trust ?? params.trust,
      });
      for (const [option, value] of Object.entries(config.values)) setOption(model, application.id, option, value);
      for (const resource of resources) setResource(model, application.id, resource);
      addPeerRelations(model, application);
      return { revision: kept.revision, units: addUnits(model, context.paths, application, params.units) };
    });
    tell(`Located ${charmKind} "${spec.name}", revision ${revision}`);
    tell(
      `Deploying "${name}" from ${charmKind} "${spec.name}", revision ${revision} on ${spec.base.name}@${spec.base.channel}/stable`,
    );

    const messages: string[] = [];
    if (found.origin === 'companion') {
      await followPreparation(context, units, tell, caller.signal);
      for (const unit of units)
        messages.push(...((await found.companion.announce?.(companionUnit(context, unit))) ?? []));
    }
    return { application: name, charm: spec.name, revision, messages };
  } finally {
    await found.dispose();
  }
}

function refuseDying(model: Model): void {
  if (modelLife(model) === 'dying') throw new UserError(`model "${model.name}" is no longer alive`);
}

function refuseTaken(context: Context, name: string): void {
  if (findSaas(context.model, name))
    throw new UserError(
      `cannot add application "${name}": saas application with same name already exists (deploy it under another name: charmlet deploy CHARM NAME)`,
    );
  if (!findApplication(context.model, name)) return;
  throw new UserError(
    `cannot add application "${name}": application already exists (deploy it under another name: charmlet deploy CHARM NAME, or remove it first: charmlet remove-application ${name})`,
  );
}
