import { type HookCommandRunner, runForJson, runForText } from './runner.ts';

/** An answer of `goal-state`: what will be there when the model has settled. */
export interface GoalState {
  readonly units: Readonly<Record<string, { readonly status: string; readonly since: string }>>;
  readonly relations: Readonly<
    Record<string, Readonly<Record<string, { readonly status: string; readonly since: string }>>>
  >;
}

/** `goal-state`: the units that are meant to be, and the applications and units on each endpoint. */
export async function goalState(runner: HookCommandRunner): Promise<GoalState> {
  const answer = ((await runForJson(runner, { command: 'goal-state', args: [] })) ?? {}) as Partial<GoalState>;
  return { units: answer.units ?? {}, relations: answer.relations ?? {} };
}

/** `resource-get`: the path of a resource's file; rejects for a name that metadata.yaml does not have. */
export async function resourceGet(runner: HookCommandRunner, name: string): Promise<string> {
  return (await runForText(runner, { command: 'resource-get', args: [name] })).trim();
}
