import { type MetricId, metrics } from './metrics-table.ts';

/** Which series a query speaks of, and over which time it takes rates. */
export interface Scope {
  /** Label matchers without braces, such as `juju_model="m"`; those of the topology. */
  readonly matchers: string;
  /** `5m`, or a variable of the dashboard. */
  readonly range: string;
}

type OfKind<Kind extends string> = {
  [Id in MetricId]: (typeof metrics)[Id]['kind'] extends Kind ? Id : never;
}[MetricId];
export type Gauge = OfKind<'gauge'>;
export type Counter = OfKind<'counter'>;
export type Histogram = OfKind<'histogram'>;

interface Part {
  /** Further matchers. */
  readonly where?: string;
  /** Labels that stay. */
  readonly by?: readonly string[];
}

/** The metric as it is; the name of a gauge has no suffix in any SDK. */
export function gauge(id: Gauge, scope: Scope, where = ''): string {
  return selector(metrics[id].name, scope, where);
}

/** When certificates end, in seconds since 1970, from whoever of the two that know it is asked. */
export function certificateEnds(scope: Scope): string {
  return `${gauge('certificateExpiry', scope)} or on (juju_model_uuid, juju_unit) ${gauge('kitCertificateExpiry', scope)}`;
}

/** Events a second, whether the worker's counters end in `_total` or not. */
export function rate(id: Counter, scope: Scope, { where = '', by = [] }: Part): string {
  const each = counterNames(id).map((name) => `rate(${selector(name, scope, where)}[${scope.range}])`);
  return `${sumBy(by)} (${each.join(' or ')})`;
}

/** The names that a counter may have, the newer one first. */
export function counterNames(id: Counter): readonly string[] {
  return [`${metrics[id].name}_total`, metrics[id].name];
}

/**
 * A quantile in seconds, whichever of its units the worker counts in and whether its names tell it or not. A name
 * without a unit stands for milliseconds, the default of every SDK on Temporal's core.
 */
export function quantile(id: Histogram, scope: Scope, of: Part & { readonly share: number }): string {
  const { where = '', by = [], share } = of;
  const over = (names: readonly string[]) => {
    const each = names.map((name) => `rate(${selector(`${name}_bucket`, scope, where)}[${scope.range}])`);
    return `histogram_quantile(${share}, ${sumBy(['le', ...by])} (${each.join(' or ')}))`;
  };
  const { name } = metrics[id];
  return `${over([`${name}_seconds`])} or ${over([`${name}_milliseconds`, name])} / 1000`;
}

/** `sum by (a, b)`. */
export function sumBy(labels: readonly string[]): string {
  return labels.length === 0 ? 'sum' : `sum by (${labels.join(', ')})`;
}

/** `name{matchers}`. */
export function selector(name: string, { matchers }: Pick<Scope, 'matchers'>, where = ''): string {
  const all = [matchers, where].filter((part) => part !== '').join(',');
  return all === '' ? name : `${name}{${all}}`;
}
