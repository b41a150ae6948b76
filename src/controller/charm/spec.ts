import type { ActionSpec } from '../api.ts';

/** What the controller knows of a charm: its YAML files, read and checked. Plain data, kept in the database. */
export interface CharmSpec {
  readonly name: string;
  readonly summary: string;
  readonly description: string;
  readonly containers: Readonly<Record<string, ContainerSpec>>;
  readonly resources: Readonly<Record<string, ResourceSpec>>;
  /** Provided, required and peer endpoints under one roof: Juju lets a name occur once. */
  readonly endpoints: Readonly<Record<string, EndpointSpec>>;
  readonly storage: Readonly<Record<string, StorageSpec>>;
  readonly options: Readonly<Record<string, OptionSpec>>;
  readonly actions: Readonly<Record<string, ActionSpec>>;
  /** The first base of manifest.yaml, for example `{ name: 'ubuntu', channel: '24.04' }`. */
  readonly base: { readonly name: string; readonly channel: string };
  /** Finds its containers by the variable `CHARM_CONTAINERS_DIR`: it has a file `containers-dir` that names it. */
  readonly followsContainersDir: boolean;
  /** First line of the file `version`; empty when there is none. */
  readonly version: string;
}

export interface ContainerSpec {
  /** The oci-image resource that it runs; empty when the container names bases instead. */
  readonly resource: string;
  readonly mounts: readonly { readonly storage: string; readonly location: string }[];
}

export interface ResourceSpec {
  readonly type: 'oci-image' | 'file';
  readonly description: string;
  /** For a file: the name under which the charm gets it. */
  readonly filename: string;
}

export interface EndpointSpec {
  readonly role: 'peer' | 'provides' | 'requires';
  readonly interface: string;
  readonly limit: number | null;
  readonly scope: 'global' | 'container';
  /** Stands back where another pair of endpoints fits, as `juju-info` does; only companions have such. */
  readonly implicit?: true;
}

export interface StorageSpec {
  readonly kind: 'filesystem' | 'block';
  /** Where the charm sees it; empty: where Juju puts it. */
  readonly location: string;
  readonly minimum: number;
}

export type OptionType = 'string' | 'int' | 'float' | 'boolean' | 'secret';

export interface OptionSpec {
  readonly type: OptionType;
  readonly description: string;
  /** Absent when the option has no default. */
  readonly default?: string | number | boolean;
}
