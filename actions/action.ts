import type { Facts, Step } from '../charm/types.ts';

/** What an action decides from the facts: what to do and then to report, or why not. */
export type ActionPlan =
  | { readonly steps: readonly Step[]; readonly results: Readonly<Record<string, string>> }
  | { readonly refused: string };

/** An action: facts and checked parameters in, steps and results (or a refusal) out. */
export type Action = (facts: Facts, params: Readonly<Record<string, unknown>>) => ActionPlan;
