/**
 * What hook commands need of the model. The store implements it; everything is synchronous, because `node:sqlite` is.
 * Unit names are `app/0`, relation entities are unit or application names, times are RFC 3339 in UTC.
 */
export interface HookModel {
  readonly modelName: string;
  readonly modelUuid: string;
  /** Model configuration with defaults, for example `juju-http-proxy`. */
  modelConfig(): Readonly<Record<string, string | number | boolean>>;
  /** Options with their defaults; null for one that has neither value nor default. Null for an unknown application. */
  config(application: string): Readonly<Record<string, ConfigValue | null>> | null;
  isLeader(unit: string): boolean;

  unitStatus(unit: string): StatusRecord;
  applicationStatus(application: string): StatusRecord;
  /** Takes effect at once, whatever becomes of the hook. */
  setUnitStatus(unit: string, status: StatusRecord): void;
  setApplicationStatus(application: string, status: StatusRecord): void;
  setWorkloadVersion(unit: string, version: string): void;
  log(unit: string, level: string, module: string, message: string): void;
  appendTaskLog(task: string, message: string): void;

  charmState(unit: string): Readonly<Record<string, string>>;
  /** As text: `9000/tcp` for all endpoints, `9000/tcp (database)` for one. */
  openedPorts(unit: string): readonly string[];
  /** The unit's address, and the range that `network-get` tells as its cidr. */
  address(unit: string): { readonly address: string; readonly cidr: string };
  /** Endpoints of the unit's charm, peers included: name -> role and interface. */
  endpoints(
    unit: string,
  ): Readonly<Record<string, { readonly role: 'peer' | 'provides' | 'requires'; readonly interface: string }>>;
  /** Every relation that the unit's application takes part in and that this unit has not seen broken, by id. */
  relations(unit: string): readonly RelationRecord[];
  /** A databag; null when the entity has none in that relation. */
  settings(relation: number, entity: string): Readonly<Record<string, string>> | null;
  storages(
    unit: string,
  ): readonly { readonly id: string; readonly name: string; readonly kind: string; readonly location: string }[];
  units(application: string): readonly { readonly name: string; readonly status: StatusRecord }[];
  /** Path that `resource-get` prints; null for an unknown name. */
  resourcePath(application: string, name: string): string | null;

  /** One of another model only for a reader (a unit) who may read it. */
  secret(id: string, reader?: string): SecretRecord | null;
  /** Ids of secrets that the unit owns, and its application's when it leads. */
  ownedSecrets(unit: string): readonly string[];
  /** Key -> value in base64, as Juju keeps them, so that any bytes are safe. Null when there is no such revision any more. */
  secretContent(id: string, revision: number): Readonly<Record<string, string>> | null;
  /** May this unit read the secret (as owner, by grant to it or its application, through a live relation where scoped)? */
  maySeeSecret(unit: string, id: string): boolean;
  /** Which revision the unit is pinned to and by which label it knows the secret; null before its first read. */
  consumed(unit: string, id: string): { readonly revision: number; readonly label: string } | null;
  consumerLabel(unit: string, label: string): string | null;
  /** Takes effect at once: pins a consumer to a revision, or gives its label. */
  setConsumed(unit: string, id: string, pin: { readonly revision: number; readonly label?: string }): void;

  /**
   * Everything a successful hook wrote, in one transaction. Called exactly once for each run that succeeds, also when
   * there is nothing to write, so that the store can note the end of the event in the same transaction. Throws `CommitRefused`
   * when a rule is broken; then nothing is written.
   */
  commit(unit: string, writes: HookWrites): void;
}

export type ConfigValue = string | number | boolean;

export interface StatusRecord {
  readonly status: string;
  readonly message: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly since: string;
}

export interface RelationRecord {
  readonly id: number;
  readonly endpoint: string;
  readonly interface: string;
  readonly remoteApp: string;
  readonly remoteEndpoint: string;
  /** The uuid of the model that it lives in; absent when that is the unit's own. */
  readonly remoteModel?: string;
  /** Remote units that have joined and not departed; for a peer relation the other units. Natural order. */
  readonly remoteUnits: readonly string[];
  readonly life: 'alive' | 'dying';
  /** Since when it is so; absent where that is not known. */
  readonly since?: string;
}

export interface SecretRecord {
  readonly id: string;
  /** `application-worker`, `unit-worker-0` or `model-<uuid>`. */
  readonly owner: string;
  readonly label: string;
  readonly name: string;
  readonly description: string;
  readonly latest: number;
  readonly rotation: string;
  readonly expires: string | null;
  readonly rotates: string | null;
  readonly grants: readonly SecretGrant[];
}

export interface SecretGrant {
  /** `application-pg` or `unit-pg-0`. */
  readonly target: string;
  /** The relation a grant lives as long as; null for a user secret's grant. */
  readonly relation: number | null;
}

/** The buffered writes of one hook, applied in the order of the fields. */
export interface HookWrites {
  /** entity -> key -> value; an empty value deletes the key. */
  readonly settings: readonly {
    readonly relation: number;
    readonly entity: string;
    readonly changes: Readonly<Record<string, string>>;
  }[];
  readonly secretsAdded: readonly SecretChange[];
  readonly secretsChanged: readonly SecretChange[];
  readonly secretsRemoved: readonly { readonly id: string; readonly revision: number | null }[];
  readonly secretsGranted: readonly { readonly id: string; readonly grant: SecretGrant }[];
  readonly secretsRevoked: readonly {
    readonly id: string;
    readonly target: string | null;
    readonly relation: number | null;
  }[];
  /** Ids of own secrets to which the unit is pinned at their then latest revision (`secret-get --refresh` of a pending update). */
  readonly secretsTracked: readonly string[];
  readonly portsOpened: readonly string[];
  readonly portsClosed: readonly string[];
  /** null deletes. */
  readonly state: Readonly<Record<string, string | null>>;
}

export interface SecretChange {
  readonly id: string;
  readonly owner?: string;
  readonly label?: string;
  readonly description?: string;
  readonly rotation?: string;
  readonly expires?: string;
  /** Key -> value in base64. Absent: no new revision. */
  readonly content?: Readonly<Record<string, string>>;
}

/** The store would not take a hook's writes; the hook counts as failed. */
export class CommitRefused extends Error {}
