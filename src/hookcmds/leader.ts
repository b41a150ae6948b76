import { type HookCommandRunner, runForJson } from './runner.ts';

/** `is-leader`: the answer holds for 30 seconds. */
export async function isLeader(runner: HookCommandRunner): Promise<boolean> {
  return (await runForJson(runner, { command: 'is-leader', args: [] })) === true;
}
