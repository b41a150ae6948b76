import type { Need } from './api.ts';
import type { HookEvent } from './hook/event.ts';
import type { HookTools } from './hook/tools.ts';

/**
 * A real server that is deployed under a charm's name but has no charm: the controller drives it through the same
 * events, databags and actions, in process instead of through `dispatch`. Its server runs as a service of the unit's
 * own supervisor, so it outlives the controller, is restarted when it dies, and its logs are read as a charm's are.
 */
export interface Companion {
  /** The files a charm of that name would carry, as text: `metadata.yaml`, `config.yaml`, `actions.yaml`. */
  readonly metadata: string;
  readonly config: string;
  readonly actions: string;
  /** What has to be fetched or built before the first unit can start; asks the disk only. */
  needs(places: CompanionPlaces): Promise<readonly Need[]>;
  /**
   * Gets everything that `needs` names. `say` gets plain progress lines. Rejects with one clear error that names the
   * ways out, and soon after `signal` aborts: whoever ends the controller must not wait for a build. Called before the
   * unit's `install`; never at the same time twice for one companion.
   */
  prepare(places: CompanionPlaces, say: (line: string) => void, signal?: AbortSignal): Promise<void>;
  /** Lines for whoever deploys, for example where the web UI will be. */
  announce?(unit: CompanionUnit): Promise<readonly string[]>;
  /** One event. Writes are committed when the promise resolves and discarded when it rejects, as for a hook. */
  handle(event: HookEvent, tools: HookTools, unit: CompanionUnit): Promise<void>;
}

export interface CompanionPlaces {
  readonly cache: string;
  readonly env: NodeJS.ProcessEnv;
}

/** The unit that an event is for. */
export interface CompanionUnit {
  /** `vault-k8s/0`. */
  readonly name: string;
  readonly model: { readonly name: string; readonly uuid: string };
  /** A directory of the unit's own that survives restarts; 0700. */
  readonly dataDir: string;
  readonly places: CompanionPlaces;
  /** Container name -> path of its Pebble socket. A companion adds a layer and replans, as a charm would. */
  readonly pebbleSockets: Readonly<Record<string, string>>;
  /** The options with their defaults, as `config-get` would give them. */
  readonly config: Readonly<Record<string, string | number | boolean>>;
  /** Where the controller serves metrics of its own, at `/metrics` (`127.0.0.1:38123`); undefined when it does not. */
  readonly controllerMetrics: string | undefined;
}
