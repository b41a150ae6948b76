import { applicationOf } from './application.ts';
import { pythonJson } from './python-json.ts';

/** The charm's name in metadata.yaml, by which dashboards, alerts and logs of its units are told from others'. */
export const charmName = 'temporal-worker-k8s';

/** Where a unit stands, in Juju's words. */
export interface Topology {
  readonly model: string;
  readonly modelUuid: string;
  readonly application: string;
  readonly unit: string;
}

export function topologyOf(facts: {
  readonly model: string;
  readonly modelUuid: string;
  readonly unit: string;
}): Topology {
  const { model, modelUuid, unit } = facts;
  return { model, modelUuid, unit, application: applicationOf(unit) };
}

/** The labels that series of an application's units have, whichever unit they are of. */
export function applicationLabels({ model, modelUuid, application }: Topology): Readonly<Record<string, string>> {
  return { juju_model: model, juju_model_uuid: modelUuid, juju_application: application };
}

/** The JSON text under which interfaces of observability tell who writes. */
export function topologyMetadata({ model, modelUuid, application, unit }: Topology): string {
  return pythonJson({ model, model_uuid: modelUuid, application, unit, charm_name: charmName });
}
