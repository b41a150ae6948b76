import type { Methods, ProcessSpec } from '../api.ts';
import type { Context } from '../context.ts';
import { UserError } from '../errors.ts';
import { unitPlaces } from '../places.ts';
import { readCharm } from '../store/charms.ts';
import { supervisorSpec } from '../units/supervision.ts';
import { needUnit } from './find.ts';

/** How to start a process in a unit's workload container, or beside its charm. The caller starts it with its own terminal. */
export async function workload(context: Context, params: Methods['workload']['params']): Promise<ProcessSpec> {
  const unit = needUnit(context, params.unit);
  const charm = readCharm(context.model, unit.charm);
  const places = unitPlaces(context.paths, context.model, unit.name);
  if (params.container === undefined || params.container === 'charm') {
    const command = params.command.length > 0 ? ['/bin/sh', '-c', params.command.join(' ')] : ['/bin/sh', '-i'];
    const tools = context.hooks.toolsDir;
    const path = `${tools}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`;
    const cwd = charm.origin === 'companion' ? places.data : places.charm;
    const enter = await context.charmViews.enter({ model: context.model, unit: unit.name, places }, charm);
    return {
      argv: enter?.(command, cwd) ?? command,
      env: {
        PATH: path,
        LANG: 'C.UTF-8',
        CHARM_CONTAINERS_DIR: places.runtime,
        JUJU_CHARM_DIR: places.charm,
        JUJU_UNIT_NAME: unit.name,
        JUJU_MODEL_NAME: context.model.name,
        JUJU_MODEL_UUID: context.model.uuid,
      },
      cwd,
    };
  }
  const containers = Object.keys(charm.spec.containers);
  if (!containers.includes(params.container)) {
    throw new UserError(
      `container "${params.container}" not found in unit ${unit.name} (there are: ${containers.join(', ') || 'none'})`,
    );
  }
  const { workloadProcess } = await import('../../supervisor/workload-process.ts');
  return workloadProcess(supervisorSpec(context, unit, params.container), params.command);
}
