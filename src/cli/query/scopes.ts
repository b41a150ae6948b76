import type { ApplicationStatus, Status, UnitStatus } from '../../controller/api.ts';
import { naturalEntries } from '../natural.ts';
import type { Scope, ScopeMap } from './evaluate.ts';

const noMachines: ScopeMap = { kind: 'scopes', scopes: {} };

/** The fields that `juju wait-for application` knows, and `message` and `scale` besides. */
export function applicationScope(name: string, application: ApplicationStatus): Scope {
  return {
    kind: 'scope',
    what: 'application',
    fields: {
      name: () => name,
      life: () => application.life ?? 'alive',
      exposed: () => application.exposed,
      'charm-url': () => application.charm,
      'min-units': () => 0,
      subordinate: () => false,
      status: () => application['application-status'].current,
      message: () => application['application-status'].message ?? '',
      scale: () => application.scale,
      'workload-version': () => application.version ?? '',
      units: () => unitScopes({ [name]: application }),
      machines: () => noMachines,
    },
  };
}

/** The fields that `juju wait-for unit` knows, and `leader` besides. */
export function unitScope(name: string, unit: UnitStatus, application: ApplicationStatus): Scope {
  return {
    kind: 'scope',
    what: 'unit',
    fields: {
      name: () => name,
      application: () => name.split('/')[0] ?? '',
      base: () => `${application.base.name}@${application.base.channel}`,
      'charm-url': () => application.charm,
      life: () => application.life ?? 'alive',
      'public-address': () => unit.address,
      'private-address': () => unit.address,
      'machine-id': () => '',
      principal: () => '',
      subordinate: () => false,
      'workload-status': () => unit['workload-status'].current,
      'workload-message': () => unit['workload-status'].message ?? '',
      'agent-status': () => unit['juju-status'].current,
      leader: () => unit.leader ?? false,
      machines: () => noMachines,
    },
  };
}

/** The fields that `juju wait-for model` knows. */
export function modelScope(status: Status): Scope {
  return {
    kind: 'scope',
    what: 'model',
    fields: {
      name: () => status.model.name,
      life: () => 'alive',
      'is-controller': () => false,
      status: () => status.model['model-status'].current,
      applications: () => ({
        kind: 'scopes',
        scopes: Object.fromEntries(
          naturalEntries(status.applications).map(([name, application]) => [name, applicationScope(name, application)]),
        ),
      }),
      units: () => unitScopes(status.applications),
      machines: () => noMachines,
    },
  };
}

function unitScopes(applications: Readonly<Record<string, ApplicationStatus>>): ScopeMap {
  const scopes = naturalEntries(applications).flatMap(([, application]) =>
    naturalEntries(application.units).map(([name, unit]) => [name, unitScope(name, unit, application)] as const),
  );
  return { kind: 'scopes', scopes: Object.fromEntries(scopes) };
}
