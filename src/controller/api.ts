import type { AuthorMethods } from './author-api.ts';
import type { Bundle } from './bundle.ts';
import type { ModelMethods } from './models-api.ts';
import type { OfferMethods } from './offers-api.ts';
import type { RelationMethods } from './relations-api.ts';
import type { SecretMethods } from './secrets-api.ts';
import type { Status } from './status-api.ts';

export type * from './status-api.ts';

/**
 * What the CLI can ask of the controller.
 *
 * Transport: HTTP/1.1 over the Unix socket of `controllerSocket(paths)`. A call is `POST /v1/<method>` with the
 * parameters as JSON, or `POST /v1/<method>?model=<model>` for another model than the one in focus; the answer is a stream of newline-delimited JSON `Reply` objects: any number of events, then
 * exactly one result or error. A client that hangs up ends a following call (`debugLog`, `watch`), never work that
 * was already accepted.
 */
export type Reply<M extends Method> =
  | { readonly event: Methods[M]['event'] }
  | { readonly result: Methods[M]['result'] }
  | { readonly error: ApiError };

export interface ApiError {
  /** One line in the form `cannot …` or in Juju's own words where Juju has a text; without the `ERROR ` in front. */
  readonly message: string;
  /** What the process exits with: 1 for a run-time error, 2 for a usage error. */
  readonly exitCode: 1 | 2;
}

/** A line for the person who waits: written to stderr as it comes. */
export interface Progress {
  readonly progress: string;
}

interface Call<Params, Result, Event = never> {
  readonly params: Params;
  readonly result: Result;
  readonly event: Event;
}

export interface Methods extends AuthorMethods, ModelMethods, OfferMethods, RelationMethods, SecretMethods {
  /**
   * Is the controller there, and which one is it. `version` is charmlet's own, `jujuVersion` the protocol's; `metrics`
   * is where it serves some (`127.0.0.1:38123`), absent when it does not.
   */
  ping: Call<
    Record<string, never>,
    { version: string; jujuVersion: string; pid: number; data: string; startedAt: string; metrics?: string }
  >;
  /** What deploying a charm by that name would have to fetch or build first; empty when everything is at hand. */
  needs: Call<{ charm: string }, { needs: Need[] }>;
  /** What the bundle of that name deploys here; null when there is none of that name. */
  bundle: Call<{ name: string }, { bundle: Bundle | null }>;
  deploy: Call<DeployParams, { application: string; charm: string; revision: number; messages: string[] }, Progress>;
  /** Units are removed in order; `force` skips the hooks of units in error. */
  removeApplication: Call<
    { applications: string[]; force: boolean; destroyStorage: boolean },
    /** `failed`: what cannot be removed. The others are removed all the same. */
    { messages: string[]; failed: { name: string; why: string }[] },
    Progress
  >;
  configGet: Call<{ application: string }, ConfigListing>;
  configSet: Call<ConfigSetParams, { changed: string[]; messages: string[] }>;
  modelConfigGet: Call<Record<string, never>, Record<string, { value: unknown; source: 'default' | 'model' }>>;
  modelConfigSet: Call<{ values: Record<string, string>; reset: string[] }, { messages: string[] }>;
  status: Call<{ selectors: string[] }, Status>;
  /** Sends the model's revision number at once and after every committed change. Ends when the client hangs up. */
  watch: Call<Record<string, never>, Record<string, never>, { revision: number }>;
  showUnit: Call<{ units: string[] }, Record<string, unknown>>;
  actions: Call<{ application: string }, Record<string, ActionSpec>>;
  run: Call<RunParams, Operation, Progress | TaskLog>;
  /** A command line in the unit's charm environment, in a hook context, like `juju exec`. */
  exec: Call<{ units: string[]; command: string; waitMs: number; background: boolean }, Operation, Progress>;
  showTask: Call<{ id: string; waitMs: number }, Task>;
  showOperation: Call<{ id: string }, Operation>;
  operations: Call<Record<string, never>, Operation[]>;
  cancelTask: Call<{ id: string }, Task>;
  resolved: Call<{ units: string[]; all: boolean; retry: boolean }, { messages: string[] }>;
  debugLog: Call<DebugLogParams, Record<string, never>, LogLine>;
  /** How to start a process inside a unit's workload container (or, without `container`, beside its charm). */
  workload: Call<{ unit: string; container?: string; command: string[] }, ProcessSpec>;
  resources: Call<{ application: string }, ResourceListing[]>;
  attachResource: Call<
    { application: string; name: string; value: string; live: boolean },
    { messages: string[] },
    Progress
  >;
  /** `forceUnits`: units in error get the new charm too, and their failed hook is tried again with it. */
  refresh: Call<
    { application: string; path?: string; resources: Record<string, string>; live: boolean; forceUnits?: boolean },
    { messages: string[] },
    Progress
  >;
  /** Ends every process, keeps the data. Answers when all are gone. */
  stop: Call<Record<string, never>, { messages: string[] }, Progress>;
  /** Ends every process and removes the data and runtime directories. */
  killController: Call<Record<string, never>, { messages: string[] }, Progress>;
}

export type Method = keyof Methods;

/** Something that a companion or the charm needs and that is not on the machine yet. */
export interface Need {
  /** For people: `Loki 3.7.8`. */
  readonly what: string;
  /** How it would be had: `download` (official release) or `build` (with the Go toolchain). */
  readonly how: 'download' | 'build';
  readonly megabytes: number;
  readonly seconds: number;
}

export interface DeployParams {
  /** A path that starts with `./`, `../` or `/` (made absolute by the CLI), or a name of the catalogue. */
  readonly charm: string;
  readonly application?: string;
  readonly units: number;
  /** Texts as typed; the controller reads them by the option's type. Win over `configYaml`. */
  readonly config: Record<string, string>;
  /** Contents of `--config FILE`s, in order: top-level key = application name. `file` is for error messages. */
  readonly configYaml: readonly { readonly file: string; readonly text: string }[];
  /** Resource name -> absolute path of a directory or file, or an image reference as typed. */
  readonly resources: Record<string, string>;
  /** Run a directory resource in place instead of from a copy. */
  readonly live: boolean;
  readonly trust: boolean;
  readonly channel?: string;
}

export interface ConfigSetParams {
  readonly application: string;
  readonly values: Record<string, string>;
  /** Content of `--file`; top-level key = application name, or a listing with `settings:`. */
  readonly yaml?: { readonly file: string; readonly text: string };
  readonly reset: readonly string[];
}

/** The shape of `juju config <app> --format json`. */
export interface ConfigListing {
  readonly application: string;
  readonly charm: string;
  readonly 'application-config': Record<string, ConfigEntry>;
  readonly settings: Record<string, ConfigEntry>;
}

export interface ConfigEntry {
  readonly default?: string | number | boolean;
  readonly description: string;
  readonly source: 'default' | 'user' | 'unset';
  readonly type: string;
  readonly value?: string | number | boolean;
}

export interface ActionSpec {
  readonly description: string;
  /** JSON schema `properties`. */
  readonly params: Record<string, unknown>;
  readonly required: readonly string[];
  readonly additionalProperties: boolean;
}

export interface RunParams {
  /** `app/0` or `app/leader`. */
  readonly units: readonly string[];
  readonly action: string;
  /** Already parsed from the command line's `k=v` (YAML values) and `--params`; checked against the schema by the controller. */
  readonly params: Record<string, unknown>;
  readonly background: boolean;
  /** How long the call waits for the results; the tasks go on after that. */
  readonly waitMs: number;
}

export interface TaskLog {
  readonly task: string;
  readonly unit: string;
  readonly log: string;
}

export interface Operation {
  readonly id: string;
  readonly summary: string;
  readonly status: string;
  /** Keyed by unit. A unit that could not be scheduled has no task and stands in `unscheduled` with the reason. */
  readonly tasks: Record<string, Task>;
  readonly unscheduled: Record<string, string>;
  /** True when `waitMs` ran out before every task had ended. */
  readonly timedOut: boolean;
}

/** The body that `juju run --format yaml` prints under a unit's name. */
export interface Task {
  readonly id: string;
  readonly unit: string;
  readonly status: 'pending' | 'running' | 'completed' | 'failed' | 'cancelled' | 'aborting' | 'aborted' | 'error';
  readonly message?: string;
  readonly results?: Record<string, unknown>;
  readonly log?: readonly string[];
  readonly timing: { readonly enqueued?: string; readonly started?: string; readonly completed?: string };
}

export interface DebugLogParams {
  /** Entity names such as `unit-worker-0`; `*` matches within a name. */
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  readonly includeModule: readonly string[];
  readonly excludeModule: readonly string[];
  readonly level: 'TRACE' | 'DEBUG' | 'INFO' | 'WARNING' | 'ERROR';
  /** How many of the newest matching lines to begin with; -1 for all. */
  readonly backlog: number;
  /** Stop after so many lines; 0 for no bound. */
  readonly limit: number;
  readonly follow: boolean;
}

export interface LogLine {
  /** RFC 3339 with milliseconds, UTC. */
  readonly time: string;
  readonly entity: string;
  readonly level: string;
  readonly module: string;
  readonly message: string;
}

/** A process to start with the caller's own terminal. */
export interface ProcessSpec {
  readonly argv: readonly string[];
  readonly env: Record<string, string>;
  readonly cwd: string;
}

export interface ResourceListing {
  readonly name: string;
  readonly type: string;
  readonly suppliedBy: string;
  readonly revision: string;
  readonly value: string;
}
