import type { VaultPlace } from '../charm/relations/vault.ts';
import type { Facts, Step } from '../charm/types.ts';

/** What an action decides from the facts: what to do and then to report, or why not. */
export type ActionPlan =
  | { readonly steps: readonly Step[]; readonly results: Readonly<Record<string, string>> }
  | { readonly vault: VaultRequest }
  | { readonly refused: string };

/** One value to put into Vault, or to get from there. */
export interface VaultRequest {
  readonly place: VaultPlace;
  readonly path: string;
  readonly key: string;
  /** Null: get the value. */
  readonly value: string | null;
}

/** An action: facts and checked parameters in, steps and results (or a refusal) out. */
export type Action = (facts: Facts, params: Readonly<Record<string, unknown>>) => ActionPlan;
