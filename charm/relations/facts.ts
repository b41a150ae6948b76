import type { Secret } from '../secret.ts';
import type { SecretAnswer } from '../user-secrets/answers.ts';
import { noObservability, type ObservabilityRelations } from './observability.ts';

type Databag = Readonly<Record<string, string>>;

/** What Juju tells of the charm's relations. A relation that is broken by this very event is no more. */
export interface Relations {
  /** Null: not related. */
  readonly hostInfo: { readonly application: string; readonly data: Databag } | null;
  /** One for each application that wants to know; `written` is our own application's databag, which only the leader may read. */
  readonly workerInfo: readonly { readonly id: string; readonly written: Databag | null }[];
  readonly vault: VaultRelation | null;
  readonly database: DatabaseRelation | null;
  readonly observability: ObservabilityRelations;
}

export interface DatabaseRelation {
  readonly id: string;
  readonly application: string;
  /** What the database's application wrote, but for what is secret in it. */
  readonly data: Databag;
  /** What of it is secret: servers that know no secrets write it in clear. */
  readonly plain: Readonly<Record<string, Secret>>;
  /** Our own application's databag; null on a unit that does not lead. */
  readonly own: Databag | null;
  /** The secrets that it told of; null: none. */
  readonly user: SecretAnswer | null;
  readonly tls: SecretAnswer | null;
}

export interface VaultRelation {
  readonly id: string;
  readonly application: string;
  /** What Vault's application wrote. */
  readonly data: Databag;
  /** Our own application's databag; null on a unit that does not lead. */
  readonly own: Databag | null;
  /** Our own unit's databag. */
  readonly unit: Databag;
  /** By which this unit's credentials are found; null: it was not made yet. */
  readonly nonce: string | null;
  /** From where this unit calls Vault. */
  readonly egressSubnet: string;
  /** The unit's credentials; null while there are none for its nonce. */
  readonly credentials: SecretAnswer | null;
}

/** What Vault said about one path: its keys, or why there are none. */
export type VaultAnswer =
  | { readonly kind: 'content'; readonly content: Readonly<Record<string, Secret | null>> }
  | { readonly kind: 'missing' }
  | { readonly kind: 'refused'; readonly why: string };

/** What the database said to the charm itself, which asks only while the worker does not poll. */
export type DatabaseAnswer =
  | { readonly outcome: 'not asked' }
  | { readonly outcome: 'open' }
  /** It answered and let nobody in: a password, a role or a database that it does not know. */
  | { readonly outcome: 'refused'; readonly why: string }
  | { readonly outcome: 'unreachable'; readonly why: string };

/** Answers by path. */
export type VaultAnswers = Readonly<Record<string, VaultAnswer>>;

export const noRelations: Relations = {
  hostInfo: null,
  workerInfo: [],
  vault: null,
  database: null,
  observability: noObservability,
};

/** Keys to write into a databag of ours. */
export interface DatabagWrite {
  readonly relationId: string;
  readonly application: boolean;
  readonly data: Databag;
}

/** The write that brings a databag to these values, or none when it has them. */
export function bring(bag: Databag, to: DatabagWrite): readonly DatabagWrite[] {
  return Object.entries(to.data).every(([key, value]) => bag[key] === value) ? [] : [to];
}
