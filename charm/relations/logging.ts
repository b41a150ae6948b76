import { charmName, type Topology, topologyMetadata } from '../topology.ts';
import { bring, type DatabagWrite } from './facts.ts';
import type { LoggingRelation } from './observability.ts';

/** A log target of a Pebble plan. */
export interface LogTargetPlan {
  readonly override: string;
  readonly type: string;
  readonly location: string;
  readonly services: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
}

/** Where the units of Loki want the worker's output, and what some of them told that is no place. */
export interface LogTargets {
  readonly targets: Readonly<Record<string, LogTargetPlan>>;
  readonly refused: readonly { readonly unit: string; readonly told: string }[];
}

/** A target for each unit of Loki that has told a place. One that told none, or nonsense, keeps no other from its own. */
export function logTargets(logging: LoggingRelation | null, topology: Topology): LogTargets {
  const told = Object.entries(logging?.endpoints ?? {})
    .filter(([, endpoint]) => endpoint.trim() !== '')
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([unit, endpoint]) => ({ unit, endpoint, url: urlOf(endpoint) }));
  return {
    targets: Object.fromEntries(
      told.flatMap(({ unit, url }) => (url === null ? [] : [[unit, target(url, topology)] as const])),
    ),
    refused: told.flatMap(({ unit, endpoint, url }) => (url === null ? [{ unit, told: endpoint.slice(0, 80) }] : [])),
  };
}

/** What the leader tells Loki once there is a place: who sends. There are no rules for logs. */
export function loggingWrites(logging: LoggingRelation | null, topology: Topology): readonly DatabagWrite[] {
  if (logging === null || logging.own === null) return [];
  if (Object.keys(logTargets(logging, topology).targets).length === 0) return [];
  const data = { metadata: topologyMetadata(topology), alert_rules: '{}' };
  return bring(logging.own, { relationId: logging.id, application: true, data });
}

function target(location: string, { model, modelUuid, application, unit }: Topology): LogTargetPlan {
  return {
    override: 'replace',
    type: 'loki',
    location,
    services: ['all'],
    labels: {
      product: 'Juju',
      charm: charmName,
      juju_model: model,
      juju_model_uuid: modelUuid,
      juju_application: application,
      juju_unit: unit,
    },
  };
}

/** The `url` of the JSON text; null when the text is none or the address none that logs can be sent to. */
function urlOf(endpoint: string): string | null {
  try {
    const { url } = JSON.parse(endpoint) as { readonly url?: unknown };
    return typeof url === 'string' && /^https?:\/\/[\x21-\x7e]{1,2000}$/.test(url) ? url : null;
  } catch {
    return null;
  }
}
