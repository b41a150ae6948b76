/**
 * Layers and plans as plain data: Pebble's YAML with its own field names, every scalar checked and normalised, and
 * only what the user set. Defaults are applied where a value is used, never stored, so that two services are equal
 * exactly when Pebble calls them so. Durations are Go texts in their normal form (`1m30s`).
 */
export interface Layer {
  readonly label: string;
  /** Thousands: place among layers; units: place inside a `dir/sub` label. */
  readonly order: number;
  readonly summary?: string;
  readonly description?: string;
  readonly services: Readonly<Record<string, Service>>;
  readonly checks: Readonly<Record<string, Check>>;
  readonly 'log-targets': Readonly<Record<string, LogTarget>>;
}

/** All layers combined. */
export interface Plan {
  readonly services: Readonly<Record<string, Service>>;
  readonly checks: Readonly<Record<string, Check>>;
  readonly 'log-targets': Readonly<Record<string, LogTarget>>;
}

export interface Runner {
  readonly environment?: Readonly<Record<string, string>>;
  readonly 'user-id'?: number;
  readonly user?: string;
  readonly 'group-id'?: number;
  readonly group?: string;
  readonly 'working-dir'?: string;
}

export interface Service extends Runner {
  readonly summary?: string;
  readonly description?: string;
  readonly startup?: string;
  readonly override?: string;
  readonly command?: string;
  readonly after?: readonly string[];
  readonly before?: readonly string[];
  readonly requires?: readonly string[];
  readonly 'on-success'?: string;
  readonly 'on-failure'?: string;
  readonly 'on-check-failure'?: Readonly<Record<string, string>>;
  readonly 'backoff-delay'?: string;
  readonly 'backoff-factor'?: number;
  readonly 'backoff-limit'?: string;
  readonly 'kill-delay'?: string;
}

export interface Check {
  readonly override?: string;
  readonly level?: string;
  readonly startup?: string;
  readonly period?: string;
  readonly timeout?: string;
  readonly threshold?: number;
  readonly http?: { readonly url?: string; readonly headers?: Readonly<Record<string, string>> };
  readonly tcp?: { readonly port?: number; readonly host?: string };
  readonly exec?: Runner & { readonly command?: string; readonly 'service-context'?: string };
}

export interface LogTarget {
  readonly type?: string;
  readonly location?: string;
  readonly services?: readonly string[];
  readonly override?: string;
  readonly labels?: Readonly<Record<string, string>>;
}

/** The one default that Pebble shows in the plan. */
export const defaultThreshold = 3;

export const emptyPlan: Plan = { services: {}, checks: {}, 'log-targets': {} };

/** A layer or plan that Pebble would refuse; the message is Pebble's. */
export class PlanFormatError extends Error {
  override readonly name = 'PlanFormatError';
}
