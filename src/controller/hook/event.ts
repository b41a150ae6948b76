/** One thing that a unit's charm is told, with everything that `dispatch` finds in its `JUJU_*` variables. Plain data: it is stored in the queue. */
export interface HookEvent {
  /** `JUJU_HOOK_NAME`, for example `config-changed` or `database-relation-joined`; empty for an action and for `exec`. */
  readonly hook: string;
  readonly relation?: {
    readonly endpoint: string;
    readonly id: number;
    readonly remoteApp: string;
    /** Empty for -created and -broken, and for a -changed that an application databag caused. */
    readonly remoteUnit: string;
    readonly departingUnit?: string;
  };
  readonly workload?: {
    readonly container: string;
    readonly notice?: { readonly id: string; readonly type: string; readonly key: string };
    readonly check?: string;
  };
  readonly secret?: { readonly uri: string; readonly label: string; readonly revision?: number };
  readonly storage?: { readonly id: string; readonly kind: string; readonly location: string };
  readonly action?: {
    readonly name: string;
    readonly task: string;
    readonly params: Readonly<Record<string, unknown>>;
  };
  /** `juju exec`: a shell command in place of `dispatch`. */
  readonly exec?: { readonly command: string; readonly task: string };
}
