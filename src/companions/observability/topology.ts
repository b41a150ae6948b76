import type { CompanionUnit } from '../../controller/companion.ts';
import { isObject } from './databag-json.ts';

/** Where something comes from, as COS charms tell it: `scrape_metadata` and `metadata` in databags, labels in data. */
export interface Topology {
  readonly model: string;
  readonly modelUuid: string;
  readonly application: string;
  readonly unit: string;
  readonly charm: string;
}

export function topologyOf(unit: CompanionUnit, charm: string): Topology {
  const application = unit.name.split('/')[0]!;
  return { model: unit.model.name, modelUuid: unit.model.uuid, application, unit: unit.name, charm };
}

/** The JSON text for a databag, in the library's order of keys. */
export function topologyJson({ model, modelUuid, application, unit, charm }: Topology): string {
  return JSON.stringify({ model, model_uuid: modelUuid, application, unit, charm_name: charm });
}

/** Reads a databag's topology; undefined unless model, UUID and application are there, which the library needs as well. */
export function parseTopology(value: unknown): Topology | undefined {
  if (!isObject(value)) return undefined;
  const text = (key: string) => (typeof value[key] === 'string' ? (value[key] as string) : '');
  const [model, modelUuid, application] = [text('model'), text('model_uuid'), text('application')];
  if (!model || !modelUuid || !application) return undefined;
  return { model, modelUuid, application, unit: text('unit'), charm: text('charm_name') };
}

/** Short and almost unique: `m_0a1b2c3d_worker`. */
export function identifierOf({ model, modelUuid, application }: Topology): string {
  return [model, modelUuid.slice(0, 8), application].join('_').replaceAll('/', '_');
}

/** The labels that data of the application's units have in common. */
export function topologyLabels({ model, modelUuid, application, charm }: Topology): Record<string, string> {
  const labels = { juju_model: model, juju_model_uuid: modelUuid, juju_application: application, juju_charm: charm };
  return Object.fromEntries(Object.entries(labels).filter(([, value]) => value !== ''));
}
