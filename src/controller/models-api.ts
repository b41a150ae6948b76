/** The calls about models; a part of api.ts, whose file tells how they travel. */
export interface ModelMethods {
  /** Makes a model; with `focus` it is the one that commands are for from now on. `settings` as for `modelConfigSet`. */
  addModel: Call<{ name: string; focus: boolean; settings: Record<string, string> }, { messages: string[] }>;
  models: Call<Record<string, never>, { models: ModelListing[]; focus?: string }>;
  showModel: Call<Record<string, never>, ModelListing>;
  /** Chooses the model that commands are for which name none; without `to` it only tells. Both are short names. */
  switchModel: Call<{ to?: string }, { from?: string; to?: string }>;
  /** Removes every application and then the model. Answers when nothing is left; hanging up ends no removal. */
  destroyModel: Call<{ force: boolean }, { messages: string[] }, { readonly progress: string }>;
}

interface Call<Params, Result, Event = never> {
  readonly params: Params;
  readonly result: Result;
  readonly event: Event;
}

/** The fields of `juju models --format json`. */
export interface ModelListing {
  /** `admin/default`. */
  readonly name: string;
  readonly 'short-name': string;
  readonly 'model-uuid': string;
  readonly 'model-type': string;
  readonly 'controller-name': string;
  readonly 'is-controller': boolean;
  readonly owner: string;
  readonly cloud: string;
  readonly region: string;
  readonly type: string;
  readonly life: string;
  readonly status: { readonly current: string; readonly since: string };
  readonly users: Readonly<Record<string, { readonly access: string; readonly 'last-connection': string }>>;
  readonly 'unit-count': number;
  readonly sla: string;
  readonly 'agent-version': string;
}
