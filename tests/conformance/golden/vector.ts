import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

type Texts = Readonly<Record<string, string>>;
type Bag = Readonly<Record<string, RecordedValue>>;

/** A value of a databag: its text, or the data that its JSON text stands for. A text `*` in either stands for any. */
export type RecordedValue = string | { readonly __json__: unknown };

/** A recorded world and what the Python charm 1.0 did in it, as far as it is compared. */
export interface Vector {
  readonly name: string;
  readonly given: {
    readonly event: string;
    readonly leader: boolean;
    readonly unit: number;
    readonly app: string;
    readonly config: Readonly<Record<string, string | number | boolean>>;
    readonly secrets: readonly GivenSecret[];
    readonly relations: readonly GivenRelation[];
    readonly env: Texts;
    readonly container: {
      readonly can_connect: boolean;
      readonly existing_plan: { readonly services?: Readonly<Record<string, object>> } | null;
      readonly service_statuses: Texts;
    };
    readonly storages: readonly string[];
    /** What the recording replaced by a stand-in, in words. */
    readonly patched: string | null;
    readonly action?: { readonly name: string; readonly params: Readonly<Record<string, unknown>> } | null;
  };
  readonly then: {
    readonly status: { readonly name: string; readonly message: string };
    readonly plan: {
      readonly services?: Readonly<Record<string, object>>;
      readonly 'log-targets'?: Readonly<Record<string, object>>;
    } | null;
    readonly plan_environment_as_strings: Texts | null;
    readonly plan_environment_note?: string;
    readonly relation_data: Readonly<Record<string, { readonly app_data?: Bag; readonly unit_data?: Bag }>>;
    readonly secrets_created: readonly { readonly label: string; readonly owner: string; readonly content: Texts }[];
    readonly service_running: boolean | null;
    readonly action: { readonly failed: string | null; readonly results: Texts | null } | null;
    /** The exception that ended the hook. */
    readonly error: unknown;
    readonly note?: string;
  };
}

export interface GivenSecret {
  readonly id: string;
  readonly label: string | null;
  readonly owner: string | null;
  readonly content: Texts;
  readonly latest_content?: Texts;
  readonly granted: boolean;
}

export interface GivenRelation {
  readonly id: number;
  readonly endpoint: string;
  readonly interface: string;
  readonly local_app_data: Texts;
  readonly local_unit_data: Texts;
  readonly peers_data?: Readonly<Record<string, Texts>>;
  readonly remote_app?: string;
  readonly remote_units?: readonly string[];
  readonly remote_app_data?: Texts;
  readonly remote_unit_data?: Readonly<Record<string, Texts>>;
}

/** What of a vector is compared. */
export type Aspect = 'exit' | 'crash' | 'status' | 'plan' | 'relation' | 'secrets' | 'action' | 'idempotent' | 'leak';

/** A difference from the Python charm that is meant, and why. */
export interface Exception {
  /** Names of vectors; a `*` at the end stands for anything. */
  readonly vectors: readonly string[];
  readonly aspects: readonly Aspect[];
  /** How the difference's words end, where not every difference in the aspect is meant. */
  readonly about?: string;
  readonly reason: string;
}

const directory = new URL('../../golden/', import.meta.url);

export function readVectors(): readonly Vector[] {
  return JSON.parse(readFileSync(new URL('vectors.json', directory), 'utf8'));
}

export function readExceptions(): readonly Exception[] {
  return parse(readFileSync(new URL('exceptions.yaml', directory), 'utf8'));
}

export function appliesTo({ vectors }: Exception, name: string): boolean {
  return vectors.some((pattern) => (pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : pattern === name));
}
