/** Calls about secrets, as in api.ts. A secret is named by its id in any spelling or by a user secret's name. */
export interface SecretMethods {
  /** A user secret. Resolves to its bare id. */
  addSecret: Call<{ name: string; info: string; content: SecretInput }, { id: string }>;
  /** The whole content is replaced where any is given; what is absent stays as it is. */
  updateSecret: Call<
    { secret: string; newName?: string; info?: string; autoPrune?: boolean; content: SecretInput },
    Record<string, never>
  >;
  /** `revision` null: all of it. */
  removeSecret: Call<{ secret: string; revision: number | null }, Record<string, never>>;
  grantSecret: Call<{ secret: string; applications: string[] }, Record<string, never>>;
  revokeSecret: Call<{ secret: string; applications: string[] }, Record<string, never>>;
  /** Every secret of the model, or those of an owner. */
  secrets: Call<{ owner?: string }, { secrets: SecretListing[] }>;
  /** `revision` 0: the latest. Without `reveal` no content is sent. */
  showSecret: Call<{ secret: string; revision: number; reveal: boolean }, { secrets: SecretListing[] }>;
}

interface Call<Params, Result> {
  readonly params: Params;
  readonly result: Result;
  readonly event: never;
}

/** What a user typed, before its keys are checked. */
export interface SecretInput {
  /** `key=value` or `key#base64=…`; a `key#file=…` has become the latter in the CLI. */
  readonly words: readonly string[];
  /** Text of `--file`, YAML or JSON. */
  readonly yaml?: string;
}

export interface SecretListing {
  readonly id: string;
  /** The latest. */
  readonly revision: number;
  /** `<model>` for a user secret; an application's or unit's name else. */
  readonly owner: string;
  readonly name?: string;
  readonly label?: string;
  readonly description?: string;
  /** Absent when it is never rotated. */
  readonly rotation?: string;
  /** Times are RFC 3339 in UTC, in whole seconds. */
  readonly rotates?: string;
  readonly expires?: string;
  readonly created: string;
  readonly updated: string;
  readonly access: readonly { readonly target: string; readonly scope: string; readonly role: 'view' }[];
  readonly revisions: readonly {
    readonly revision: number;
    readonly backend: string;
    readonly created: string;
    readonly updated: string;
    readonly expires?: string;
  }[];
  /** SHA-256 of the latest content; only with `content`. */
  readonly checksum?: string;
  /** Key -> value in base64. */
  readonly content?: Readonly<Record<string, string>>;
}
