import { type HookCommandRunner, runForJson } from './runner.ts';

export type ConfigValue = string | number | boolean;

/**
 * `config-get`: every option that has a value or a default. An option with neither is absent. Numbers come as Juju
 * prints them: a float of integral value without its `.0`.
 */
export async function configGet(runner: HookCommandRunner): Promise<Readonly<Record<string, ConfigValue>>> {
  return ((await runForJson(runner, { command: 'config-get', args: [] })) ?? {}) as Record<string, ConfigValue>;
}
