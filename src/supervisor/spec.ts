/**
 * What a supervisor process is told at its start, by file (`--spec FILE`). One supervisor serves one container of one
 * unit.
 */
export interface SupervisorSpec {
  /** `JUJU_CONTAINER_NAME`: the container's name in metadata.yaml. */
  readonly container: string;
  /** Where it listens; its directory is made with mode 0700. */
  readonly socket: string;
  /** State that survives its death: pid records, service logs, files pushed through the API. Made with mode 0700. */
  readonly dir: string;
  readonly workload: WorkloadRoot;
  /** The daemon's environment, as the image and Kubernetes would give it. Services inherit it; nothing else is passed on. */
  readonly environment: Readonly<Record<string, string>>;
  /** `host:port` or `:port` for health by TCP, which asks nobody who he is; absent: none. */
  readonly http?: string;
  /** `auto`: give services their own view of the file system where a mount namespace can be had. `never`: resolve paths instead. */
  readonly namespace: 'auto' | 'never';
  /**
   * The image's users are not here, and an ordinary user can become nobody: who is named in a layer, an exec or a push is
   * taken for the supervisor's own user. Absent: false, and names are looked up as Pebble does.
   */
  readonly oneUser?: boolean;
  /** Layer files of the image, label -> YAML text, in order. A companion has none. */
  readonly layers: readonly { readonly label: string; readonly text: string }[];
}

/** What the services see as their file system. */
export type WorkloadRoot =
  /** The machine's own file system with `app` mounted at `/app`. */
  | { readonly kind: 'directory'; readonly app: string }
  /** The machine's own file system as it is. */
  | { readonly kind: 'machine' }
  /** The same, and the files API writes where it is told to: for a daemon that somebody runs by hand, as Pebble is run. */
  | { readonly kind: 'host' };
