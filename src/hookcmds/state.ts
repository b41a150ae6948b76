import { type HookCommandRunner, runForJson, runForText } from './runner.ts';

/** `state-get`: what this unit's charm has kept in Juju; survives the pod. Empty when nothing was kept. */
export async function stateGet(runner: HookCommandRunner): Promise<Readonly<Record<string, string>>> {
  return ((await runForJson(runner, { command: 'state-get', args: [] })) || {}) as Record<string, string>;
}

/** `state-set`: keeps values until the next call for the same key; takes effect when the hook succeeds. Values go by standard input. */
export async function stateSet(runner: HookCommandRunner, values: Readonly<Record<string, string>>): Promise<void> {
  await runForText(runner, { command: 'state-set', args: ['--file', '-'], stdin: JSON.stringify(values) });
}

/** `state-delete`: forgets one key; a key that was never set is no error. */
export async function stateDelete(runner: HookCommandRunner, key: string): Promise<void> {
  await runForText(runner, { command: 'state-delete', args: ['--', key] });
}
