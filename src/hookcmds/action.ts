import { type HookCommandRunner, runForJson, runForText } from './runner.ts';

/** `action-get`: the parameters with the schema's defaults. */
export async function actionGet(runner: HookCommandRunner): Promise<Readonly<Record<string, unknown>>> {
  return ((await runForJson(runner, { command: 'action-get', args: [] })) ?? {}) as Record<string, unknown>;
}

/** `action-set`: results; a dot in a key nests. Kept whatever the exit code of the action is. Results are for people to see: never a secret's text. */
export async function actionSet(runner: HookCommandRunner, results: Readonly<Record<string, string>>): Promise<void> {
  const args = Object.entries(results).map(([key, value]) => `${key}=${value}`);
  await runForText(runner, { command: 'action-set', args: ['--', ...args] });
}

/** `action-fail`: marks the action as failed with a message; the program goes on. */
export async function actionFail(runner: HookCommandRunner, message: string): Promise<void> {
  await runForText(runner, { command: 'action-fail', args: ['--', message] });
}

/** `action-log`: a line that `juju run` shows while the action runs. */
export async function actionLog(runner: HookCommandRunner, message: string): Promise<void> {
  await runForText(runner, { command: 'action-log', args: ['--', message] });
}
