import type { Settings } from '../config.ts';
import { renderDuration } from '../duration.ts';
import { renderHost } from '../host.ts';
import { renderedOptions, sdkMetricsPort } from '../options.ts';
import type { Text } from '../secret.ts';
import type { Config, Proxies } from '../types.ts';
import { type ExplainedVariable, settle, type Variable, valuesOf } from './variable.ts';

/** The name under which the charm finds the worker's processes and pollers. */
export const identityVariable = 'TEMPORAL_WORKER_IDENTITY';

/**
 * What the worker has to know to be done in time. As the option `stop-timeout` itself it counts from the next start on,
 * and a change of it restarts nothing.
 */
export const stopTimeoutVariable = 'TEMPORAL_WORKER_STOP_TIMEOUT';

export interface EnvironmentFacts {
  readonly config: Config;
  readonly settings: Settings;
  readonly identity: string;
  /** The unit's own loopback address; empty: it has a network of its own. */
  readonly address: string;
  readonly proxies: Proxies;
  /** What the TLS and API key secrets say, by the names of the SDKs. */
  readonly connection: readonly Variable[];
  /** `option host`, or the relation that tells it. */
  readonly hostSource: string;
  /** What the user wrote by hand in the option `environment`, its secrets in it. */
  readonly byHand: readonly Variable[];
  /** What a related database says of itself. */
  readonly databaseVariables: readonly Variable[];
  /** What the auth secret says, by option. */
  readonly auth: Readonly<Record<string, Text>>;
}

/** The worker's environment, sorted by name. */
export function environment(facts: EnvironmentFacts): Readonly<Record<string, Text>> {
  return valuesOf(explainedEnvironment(facts));
}

/**
 * The worker's environment from its lowest to its highest precedence: names derived by us, the options, ports and
 * proxies, the database, what the user wrote by hand, the auth secret. Each variable tells where it comes from and what
 * it shadows.
 */
export function explainedEnvironment(facts: EnvironmentFacts): readonly ExplainedVariable[] {
  return settle([
    ...derived(facts),
    ...facts.connection,
    ...options(facts),
    ...both('prometheus-port', { value: String(sdkMetricsPort), source: 'derived' }),
    ...proxies(facts.proxies, facts.byHand),
    ...facts.databaseVariables,
    ...facts.byHand,
    ...Object.entries(facts.auth).flatMap(([option, value]) => both(option, { value, source: 'auth-secret-id' })),
  ]);
}

/** What the SDKs, Temporal's worker controller and its guides call these things. */
function derived({ settings, identity, address: own, hostSource }: EnvironmentFacts): Variable[] {
  const address = { value: renderHost(settings.address), source: `derived from ${hostSource}` };
  const metrics = `${own || '0.0.0.0'}:${sdkMetricsPort}`;
  return [
    { name: 'TEMPORAL_ADDRESS', ...address },
    { name: 'TEMPORAL_HOST_PORT', ...address },
    { name: 'TEMPORAL_HOST_URL', ...address },
    { name: 'TEMPORAL_NAMESPACE', value: settings.namespace, source: 'derived from option namespace' },
    { name: 'TEMPORAL_TASK_QUEUE', value: settings.queue, source: 'derived from option queue' },
    { name: 'TEMPORAL_PROMETHEUS_BIND_ADDRESS', value: metrics, source: 'derived' },
    { name: identityVariable, value: identity, source: 'derived' },
    {
      name: stopTimeoutVariable,
      value: renderDuration(settings.stopTimeoutMs),
      source: 'derived from option stop-timeout',
    },
  ];
}

/** Text as `config-get` printed it. An option with neither value nor default is absent; an empty one is an empty text. */
function options({ config, hostSource }: EnvironmentFacts): Variable[] {
  const names = [...renderedOptions, 'workload-prometheus-port'].filter((name) => config[name] !== undefined);
  return names.flatMap((name) => {
    const source = name === 'host' ? hostSource : `option ${name}`;
    return both(name, { value: String(config[name]), source });
  });
}

/** The ports that a worker is told to show metrics on. */
export function metricsPorts(config: Config): readonly number[] {
  const own = Number(config['workload-prometheus-port']);
  return [sdkMetricsPort, ...(own > 0 ? [own] : [])];
}

/**
 * In both spellings, because programs differ in which they read. Where the user wrote one of them, the other says the
 * same and not what the model says.
 */
function proxies(model: Proxies, byHand: EnvironmentFacts['byHand']): Variable[] {
  return (['http', 'https', 'no'] as const).flatMap((kind) => {
    const spellings = [`${kind.toUpperCase()}_PROXY`, `${kind}_proxy`];
    const own = spellings.map((spelling) => byHand.findLast(({ name }) => name === spelling)).find(Boolean);
    if (own?.value === '') return [];
    const told = model[kind] === '' ? [] : [{ value: model[kind], source: `model setting juju-${kind}-proxy` }];
    return [...told, ...(own === undefined ? [] : [own])].flatMap((given) =>
      spellings.map((name) => ({ ...given, name })),
    );
  });
}

function both(option: string, given: Omit<Variable, 'name'>): Variable[] {
  const name = option.toUpperCase().replaceAll('-', '_');
  return [`TWC_${name}`, `TEMPORAL_${name}`].map((spelling) => ({ name: spelling, ...given }));
}
