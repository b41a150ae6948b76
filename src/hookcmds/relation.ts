import { type HookCommandRunner, runForJson, runForText } from './runner.ts';

export type Databag = Readonly<Record<string, string>>;

/** `relation-ids`: ids such as `database:7` of an endpoint's relations; an endpoint that does not exist has none. */
export async function relationIds(runner: HookCommandRunner, endpoint: string): Promise<readonly string[]> {
  return ((await runForJson(runner, { command: 'relation-ids', args: [endpoint] })) ?? []) as string[];
}

/** `relation-list`: the remote units that have joined and not departed; for a peer relation the other units. */
export async function relationList(runner: HookCommandRunner, relationId: string): Promise<readonly string[]> {
  return ((await runForJson(runner, { command: 'relation-list', args: ['-r', relationId] })) ?? []) as string[];
}

/** `relation-list --app`: the remote application's name; null when Juju does not know it (any more). */
export async function relationRemoteApp(runner: HookCommandRunner, relationId: string): Promise<string | null> {
  const name = await runForJson(runner, { command: 'relation-list', args: ['--app', '-r', relationId] });
  return typeof name === 'string' && name !== '' ? name : null;
}

/** `relation-get`: a unit's databag, or an application's with `application: true`. Empty when nothing was written. */
export async function relationGet(
  runner: HookCommandRunner,
  from: { readonly relationId: string; readonly entity: string; readonly application?: boolean },
): Promise<Databag> {
  const scope = from.application ? ['--app'] : [];
  const args = ['-r', from.relationId, ...scope, '-', from.entity];
  return ((await runForJson(runner, { command: 'relation-get', args })) ?? {}) as Databag;
}

/**
 * `relation-set` on the own unit's databag, or the application's (leader only). An empty value deletes its key. Values
 * go by standard input; they take effect when the hook succeeds.
 */
export async function relationSet(
  runner: HookCommandRunner,
  to: { readonly relationId: string; readonly application?: boolean; readonly data: Databag },
): Promise<void> {
  const scope = to.application ? ['--app'] : [];
  const args = ['-r', to.relationId, ...scope, '--file', '-'];
  await runForText(runner, { command: 'relation-set', args, stdin: JSON.stringify(to.data) });
}
