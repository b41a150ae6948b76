import { type HookCommandRunner, runForJson, runForText } from './runner.ts';

export type StatusName = 'active' | 'blocked' | 'waiting' | 'maintenance';

/** A status as Juju holds it; `unknown`, `error` and `terminated` are set by Juju alone. */
export interface StatusAnswer {
  readonly status: string;
  readonly message: string;
}

/** `status-get`: the unit's own workload status. */
export async function statusGet(runner: HookCommandRunner): Promise<StatusAnswer> {
  const answer = await runForJson(runner, { command: 'status-get', args: ['--include-data', '--application=false'] });
  const { status, message } = (answer ?? {}) as Partial<StatusAnswer>;
  return { status: status ?? 'unknown', message: message ?? '' };
}

/** `status-set` for the unit, or for the whole application (leader only). Takes effect at once, also when the hook fails later. */
export async function statusSet(
  runner: HookCommandRunner,
  status: { readonly name: StatusName; readonly message: string; readonly application?: boolean },
): Promise<void> {
  const scope = status.application ? ['--application=true'] : [];
  await runForText(runner, { command: 'status-set', args: [...scope, status.name, '--', status.message] });
}

/** `application-version-set`: the workload's version that `status` shows. Takes effect at once. */
export async function applicationVersionSet(runner: HookCommandRunner, version: string): Promise<void> {
  await runForText(runner, { command: 'application-version-set', args: ['--', version] });
}
