import { parse } from 'yaml';
import type { LogTargetPlan } from '../../charm/relations/logging.ts';
import { Secret } from '../../charm/secret.ts';
import type { CheckPlan, ServicePlan, WorkloadPlan } from '../../charm/types.ts';

type Mapping = Readonly<Record<string, unknown>>;

/** Reads a plan as Pebble prints it. Loaded only when the plan is not the one that is remembered. */
export function parsePlan(text: string): WorkloadPlan {
  // Every scalar as it is written: which of them are quoted is up to whoever printed the plan.
  const plan = mapping(parse(text, { schema: 'failsafe', logLevel: 'error' }));
  return {
    services: mapValues(mapping(plan.services), servicePlan),
    checks: mapValues(mapping(plan.checks), checkPlan),
    logTargets: mapValues(mapping(plan['log-targets']), logTargetPlan),
  };
}

function servicePlan(entry: Mapping): ServicePlan {
  return {
    override: string(entry.override),
    summary: string(entry.summary),
    command: string(entry.command),
    startup: string(entry.startup),
    environment: Object.fromEntries(
      // Which of them came from secrets nobody knows any more.
      Object.entries(mapping(entry.environment)).map(([key, value]) => [key, new Secret(string(value), '')]),
    ),
    'kill-delay': string(entry['kill-delay']),
  };
}

function checkPlan(entry: Mapping): CheckPlan {
  return {
    override: string(entry.override),
    startup: string(entry.startup) || 'enabled',
    period: string(entry.period),
    threshold: Number(entry.threshold ?? 3),
    exec: { command: string(mapping(entry.exec).command) },
  };
}

function logTargetPlan(entry: Mapping): LogTargetPlan {
  return {
    override: string(entry.override),
    type: string(entry.type),
    location: string(entry.location),
    services: Array.isArray(entry.services) ? entry.services.map(string) : [],
    labels: Object.fromEntries(Object.entries(mapping(entry.labels)).map(([name, value]) => [name, string(value)])),
  };
}

function mapValues<T>(entries: Mapping, read: (entry: Mapping) => T): Record<string, T> {
  return Object.fromEntries(Object.entries(entries).map(([name, entry]) => [name, read(mapping(entry))]));
}

function mapping(value: unknown): Mapping {
  return typeof value === 'object' && value !== null ? (value as Mapping) : {};
}

function string(value: unknown): string {
  return value === undefined || value === null ? '' : String(value);
}
