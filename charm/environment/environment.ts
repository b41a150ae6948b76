import type { Settings } from '../config.ts';
import { renderHost } from '../host.ts';
import { renderedOptions } from '../options.ts';
import type { Text } from '../secret.ts';
import type { Config, Proxies } from '../types.ts';

/** Port on which a worker of this charm shows its SDK's metrics. */
const sdkMetricsPort = 9000;

/** The name under which the charm finds the worker's processes and pollers. */
export const identityVariable = 'TEMPORAL_WORKER_IDENTITY';

export interface EnvironmentFacts {
  readonly config: Config;
  readonly settings: Settings;
  readonly identity: string;
  /** The unit's own loopback address; empty: it has a network of its own. */
  readonly address: string;
  readonly proxies: Proxies;
  /** What the TLS and API key secrets say, by the names of the SDKs. */
  readonly connection: Readonly<Record<string, Text>>;
  /** What the user wrote by hand in the option `environment`, its secrets in it. */
  readonly byHand: Readonly<Record<string, Text>>;
  /** What the auth secret says, by option. */
  readonly auth: Readonly<Record<string, Text>>;
}

/**
 * The worker's environment from its lowest to its highest precedence: names derived by us, the options, ports and
 * proxies, what the user wrote by hand, the auth secret. Sorted by name, so that equal facts give an equal text.
 */
export function environment(facts: EnvironmentFacts): Readonly<Record<string, Text>> {
  const all: Record<string, Text> = {
    ...derived(facts),
    ...facts.connection,
    ...options(facts.config),
    ...Object.fromEntries(both('prometheus-port', String(sdkMetricsPort))),
    ...proxies(facts.proxies, facts.byHand),
    ...facts.byHand,
    ...Object.fromEntries(Object.entries(facts.auth).flatMap(([name, value]) => both(name, value))),
  };
  return Object.fromEntries(Object.entries(all).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** What the SDKs, Temporal's worker controller and its guides call these things. */
function derived({ settings, identity, address: own }: EnvironmentFacts): Record<string, string> {
  const address = renderHost(settings.address);
  return {
    TEMPORAL_ADDRESS: address,
    TEMPORAL_HOST_PORT: address,
    TEMPORAL_HOST_URL: address,
    TEMPORAL_NAMESPACE: settings.namespace,
    TEMPORAL_TASK_QUEUE: settings.queue,
    TEMPORAL_PROMETHEUS_BIND_ADDRESS: `${own || '0.0.0.0'}:${sdkMetricsPort}`,
    [identityVariable]: identity,
  };
}

/** Text as `config-get` printed it. An option with neither value nor default is absent; an empty one is an empty text. */
function options(config: Config): Record<string, string> {
  const names = [...renderedOptions, 'workload-prometheus-port'].filter((name) => config[name] !== undefined);
  return Object.fromEntries(names.flatMap((name) => both(name, String(config[name]))));
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
function proxies({ http, https, no }: Proxies, byHand: EnvironmentFacts['byHand']): Record<string, Text> {
  const values = { HTTP_PROXY: http, HTTPS_PROXY: https, NO_PROXY: no };
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, model]) => {
      const lower = name.toLowerCase();
      const value = byHand[name] ?? byHand[lower] ?? model;
      return value === '' ? [] : [name, lower].map((spelling) => [spelling, value] as const);
    }),
  );
}

function both<T extends Text>(option: string, value: T): [string, T][] {
  const name = option.toUpperCase().replaceAll('-', '_');
  return [
    [`TWC_${name}`, value],
    [`TEMPORAL_${name}`, value],
  ];
}
