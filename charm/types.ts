import type { DatabagWrite, DatabaseAnswer, Relations, VaultAnswers } from './relations/facts.ts';
import type { LogTargetPlan } from './relations/logging.ts';
import type { VaultRefusal } from './relations/vault-login.ts';
import type { Text } from './secret.ts';
import type { TakenPort } from './taken-port.ts';
import type { Certificates, WorkloadFile } from './tls.ts';
import type { SecretAnswers } from './user-secrets/answers.ts';
import type { YamlText } from './yaml/node.ts';

/** What the charm decides from, and what it decides. Everything is plain data; times are milliseconds since 1970 unless they say otherwise. */

/** A fact that may be unknown; never an empty value in its place. */
export type Known<T> = { readonly known: true; readonly value: T } | { readonly known: false; readonly why: string };

export interface Facts {
  /** The machine's clock at the last look. */
  readonly now: number;
  /** When this dispatch began; no wait reaches further than `start-timeout` from here. */
  readonly dispatchBegan: number;
  /** `worker/0`. */
  readonly unit: string;
  readonly model: string;
  readonly modelUuid: string;
  readonly leader: boolean;
  /** The unit is being stopped or removed: nothing is started any more and Juju's own status stays. */
  readonly leaving: boolean;
  /** As `config-get` prints it. */
  readonly config: Config;
  /** The option `environment`; null while it was not read. */
  readonly environment: YamlText | null;
  /** The user secrets that were read so far. */
  readonly secrets: SecretAnswers;
  /** The certificates of the TLS secret; null while they were not looked at. */
  readonly certificates: Certificates | null;
  readonly relations: Relations;
  /** What Vault said so far. */
  readonly vault: VaultAnswers;
  /** The unit's status as Juju has it. */
  readonly status: { readonly name: string; readonly message: string };
  readonly memory: Memory;
  /** The memory as Juju still has it. */
  readonly stored: Memory;
  /** What the unit tells as metrics, as Juju still has it; empty when it has told nothing yet. */
  readonly metrics: string;
  readonly proxies: Proxies;
  /** The container's Pebble; unknown while nobody answers there. */
  readonly workload: Known<Workload>;
  readonly server: ServerAnswer;
  /** The worker's own word; asked for where the server does not tell. */
  readonly health: HealthAnswer;
  /** What the related database said in this dispatch. */
  readonly database: DatabaseAnswer;
  /** What this very dispatch has done already. */
  readonly done: Done;
}

export interface Done {
  /** Tag of the layer that was added last, so that one which other layers override is not added for ever. */
  readonly layer: string | null;
  /** Tag of the service that was replanned last. */
  readonly service: string | null;
  /** Tag of the files that were written last; empty when there are to be none. */
  readonly files: string | null;
  /** Tags of the databag writes that were made; they show in no databag before the hook ends. */
  readonly written: readonly string[];
  /** Services were restarted or replanned: the running process may be one that is about to end. */
  readonly disturbed: boolean;
  /** Tag of the log targets that were added last. */
  readonly forwarding: string | null;
  /** How often the status was written. */
  readonly statuses: number;
  /** Pebble's words when it refused the plan; null while it has not. */
  readonly refused: string | null;
}

export type Config = Readonly<Record<string, string | number | boolean>>;

/** Juju's model settings `juju-http-proxy` and so on; empty when not set. */
export interface Proxies {
  readonly http: string;
  readonly https: string;
  readonly no: string;
}

export interface Workload {
  /** Tag of the plan's text. Two plans with equal tags are equal. */
  readonly planTag: string;
  /** Read only when the tag is not the remembered one. */
  readonly plan: Known<WorkloadPlan>;
  /** Null: the plan has no such service. */
  readonly service: ServiceFact | null;
  /** State of the charm's own checks by name; a check that the plan lacks is absent. */
  readonly checks: Readonly<Record<string, 'up' | 'down' | 'inactive'>>;
  /** The service's changes, newest first. Read only while the service is not simply running. */
  readonly changes: Known<readonly ChangeFact[]>;
  /** Sizes in bytes of the charm's own files in the workload, by path. Read only when there should be some. */
  readonly files: Known<Readonly<Record<string, number>>>;
  /** Read only when the service cannot be started. */
  readonly script: Known<'runnable' | 'missing' | 'not executable'>;
  /** Processes of the workload that carry this unit's identity. Read only when no poller names the identity itself. */
  readonly processes: Known<{ readonly pids: readonly number[]; readonly hostname: string }>;
  /** The port for want of which the worker ended; null: it ended for another reason. Read only when it has ended. */
  readonly takenPort: Known<TakenPort | null>;
}

export interface ServiceFact {
  readonly current: 'active' | 'backoff' | 'error' | 'inactive';
  /** `current-since` as Pebble prints it; null for a service that was never started. */
  readonly since: string | null;
}

export interface ChangeFact {
  readonly id: string;
  readonly kind: string;
  readonly ready: boolean;
  /** Empty when nothing went wrong. */
  readonly error: string;
  readonly began: number;
  /** Null while it is not ready. */
  readonly ended: number | null;
}

/** The parts of a Pebble plan that the charm compares. */
export interface Plan {
  readonly services: Readonly<Record<string, ServicePlan>>;
  readonly checks: Readonly<Record<string, CheckPlan>>;
}

export interface WorkloadPlan extends Plan {
  readonly logTargets: Readonly<Record<string, LogTargetPlan>>;
}

export interface ServicePlan {
  readonly override: string;
  readonly summary: string;
  readonly command: string;
  readonly startup: string;
  readonly environment: Readonly<Record<string, Text>>;
  readonly 'kill-delay': string;
}

export interface CheckPlan {
  readonly override: string;
  readonly startup: string;
  readonly period: string;
  readonly threshold: number;
  readonly exec: { readonly command: string };
}

export interface Layer extends Plan {
  readonly summary: string;
}

/** What the Temporal server said in this dispatch. */
export type ServerAnswer =
  | { readonly outcome: 'not asked' }
  /** `began` and `ended` bound the look on the machine's clock; access times are on the server's. */
  | {
      readonly outcome: 'answered';
      readonly pollers: readonly Poller[];
      readonly began: number;
      readonly ended: number;
    }
  | { readonly outcome: 'unreachable'; readonly why: string }
  | { readonly outcome: 'namespace not found' }
  | { readonly outcome: 'unknown'; readonly why: string };

/** What the worker's own health page said, where it has one. The worker kit serves it; its README tells the format. */
export type HealthAnswer =
  | { readonly outcome: 'not asked' }
  /** There is none, or what answered is none. */
  | { readonly outcome: 'none' }
  | {
      readonly outcome: 'answered';
      readonly identity: string;
      /** When the process that answered began, by the machine's clock. */
      readonly startedAt: number;
      /** Does it poll? Null: it cannot tell either. */
      readonly polls: boolean | null;
      /** Why not; empty when it does. */
      readonly why: string;
    };

export interface Poller {
  readonly identity: string;
  readonly lastAccess: number;
}

/** What the unit keeps in Juju between dispatches. */
export interface Memory {
  /** The process that was found to poll (or to live on, where that cannot be known); null while there is none. */
  readonly confirmed: Confirmation | null;
  /** Last access of this unit's own pollers as last seen, with the process it was seen beside. */
  readonly looked: { readonly since: string; readonly began: number; readonly lastAccess: number } | null;
  readonly clock: ClockBounds | null;
  /** What was last brought about: tags of the layer, of its service and of the plan that came of it. */
  readonly applied: { readonly layer: string; readonly service: string; readonly plan: string } | null;
  /** Tag of the files that the worker was last given; null: none. */
  readonly files: string | null;
  /** What was last brought about of log targets: their tag and the plan's that came of it; null: no log goes anywhere. */
  readonly forwarding: { readonly targets: string; readonly plan: string } | null;
  /** The loopback address that is this unit's own; empty: it has a network of its own; null: not asked yet. */
  readonly address: string | null;
  /** The last login at Vault, where it was refused; null: Vault has let the unit in, or was never asked. */
  readonly vaultRefusal: VaultRefusal | null;
}

export interface Confirmation {
  /** `current-since` of the process. */
  readonly since: string;
  readonly at: number;
  /** False: nobody could tell whether it polls. */
  readonly verified: boolean;
  /** Why not verified; empty when it is, or when nobody wants to know. */
  readonly why: string;
}

/** Bounds of how far the server's clock is ahead of the machine's; null where nothing was observed. */
export interface ClockBounds {
  readonly atLeast: number | null;
  readonly atMost: number | null;
  readonly at: number;
}

export interface UnitStatus {
  readonly name: 'active' | 'blocked' | 'waiting' | 'maintenance';
  readonly message: string;
}

export interface Desired {
  /** Null: the plan stays as it is. */
  readonly layer: Layer | null;
  /** The service should run and nothing but the charm will start it. */
  readonly start: boolean;
  /** Null: Juju's own status stays. */
  readonly status: UnitStatus | null;
  /** Should the unit look again by itself? Null: leave the check as it is. */
  readonly lookAgain: boolean | null;
  readonly memory: Memory;
  /** What other applications are to be told. */
  readonly databags: readonly DatabagWrite[];
  /** Vault's application finds this unit by a nonce, which it does not have yet. */
  readonly makeNonce: boolean;
  /** Until when this dispatch looks on; null when it has seen enough. */
  readonly waitUntil: number | null;
  /** Sentences for `debug-log`. */
  readonly notes: readonly string[];
  /** The same, for what the user should look after. */
  readonly warnings: readonly string[];
}

/** One thing to do. The table of runners in src/agent/apply.ts has an entry for each. */
export type Step =
  | { readonly do: 'add-layer'; readonly layer: Layer; readonly tag: string }
  | {
      readonly do: 'add-log-targets';
      readonly targets: Readonly<Record<string, LogTargetPlan>>;
      readonly tag: string;
    }
  /** `service`: tag of the service that the plan has by now. */
  | { readonly do: 'replan'; readonly service: string }
  | { readonly do: 'restart' }
  /** These files and no others of the charm's own; `tag` stands for their texts. */
  | { readonly do: 'write-files'; readonly files: readonly WorkloadFile[]; readonly tag: string | null }
  | { readonly do: 'signal'; readonly signal: string }
  | { readonly do: 'relation-set'; readonly write: DatabagWrite }
  | { readonly do: 'make-nonce' }
  | { readonly do: 'start-check'; readonly check: string }
  | { readonly do: 'stop-check'; readonly check: string }
  | { readonly do: 'status-set'; readonly status: UnitStatus }
  | { readonly do: 'state-set'; readonly memory: Memory; readonly metrics: string }
  | { readonly do: 'log'; readonly level: 'INFO' | 'WARNING'; readonly message: string }
  | { readonly do: 'pause'; readonly ms: number };

/** A further fact that the decision needs and that costs something to read. */
export type Question =
  | 'address'
  | 'environment'
  | 'secrets'
  | 'vault'
  | 'certificates'
  | 'files'
  | 'plan'
  | 'changes'
  | 'script'
  | 'server'
  | 'health'
  | 'processes'
  | 'taken port'
  | 'database';
