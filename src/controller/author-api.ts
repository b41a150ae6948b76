/** The calls for authors of charms, which Juju does not have; a part of api.ts, whose file tells how they travel. */
export interface AuthorMethods {
  /** Has a unit told an event now. Answers when the hook has ended, or after `waitMs`. */
  fire: Call<FireParams, { state: 'done' | 'failed' | 'waiting'; reason: string }>;
  /** What the unit's charm can see, masked. */
  capture: Call<{ unit: string }, Capture>;
  /** What the unit's workload is told and where it comes from; secret values only with `reveal`. */
  environment: Call<{ unit: string; reveal: boolean }, Environment>;
  /** What is wrong with the charm in a directory (an absolute path), errors first. Nothing of it is run. */
  lint: Call<{ directory: string }, { findings: Finding[] }>;
}

interface Call<Params, Result> {
  readonly params: Params;
  readonly result: Result;
  readonly event: never;
}

export interface FireParams {
  readonly unit: string;
  /** A hook's name: `update-status`, `database-relation-changed`. */
  readonly event: string;
  /** Which relation, where the endpoint has several. */
  readonly relation?: number;
  /** The remote unit that has changed; its application when absent. */
  readonly remoteUnit?: string;
  /** For `<container>-pebble-check-failed` and `-recovered`. */
  readonly check?: string;
  readonly waitMs: number;
}

/** A unit as its charm sees it; `state` has the fields of `ops.testing.State`. Nothing in it is secret. */
export interface Capture {
  readonly charm: { readonly name: string; readonly revision: number };
  readonly unit: string;
  readonly model: { readonly name: string; readonly uuid: string; readonly type: string };
  readonly state: Readonly<Record<string, unknown>>;
}

/** An `error` keeps Juju from taking or running the charm; a `warning` is most likely a slip. */
export interface Finding {
  readonly level: 'error' | 'warning';
  readonly text: string;
}

/** What a charm's program `queries/environment` prints. */
export interface Environment {
  /** `blocked`: what is wanted cannot be had, and the workload keeps what it was told last. */
  readonly state: 'ready' | 'blocked';
  readonly problems: readonly string[];
  /** What works but may be meant otherwise. */
  readonly warnings?: readonly string[];
  /** Whether the container could be asked what the workload has. */
  readonly compared: boolean;
  readonly variables: readonly EnvironmentVariable[];
}

export interface EnvironmentVariable {
  readonly name: string;
  readonly value: string;
  readonly secret: boolean;
  readonly source: string;
  /** Sources whose value for the name does not count, the nearest first. */
  readonly shadows: readonly string[];
  /** How what the workload was told last stands to this. */
  readonly worker: 'same' | 'other' | 'absent' | 'unknown';
}
