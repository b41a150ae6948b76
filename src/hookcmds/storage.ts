import { type HookCommandRunner, runForJson } from './runner.ts';

/** `storage-list`: ids such as `certs/0` of the attached storage, of one name or of all. */
export async function storageList(runner: HookCommandRunner, name?: string): Promise<readonly string[]> {
  return ((await runForJson(runner, { command: 'storage-list', args: name === undefined ? [] : [name] })) ??
    []) as string[];
}

/** `storage-get`: where a storage is mounted for the charm; rejects when it is not attached. */
export async function storageGet(
  runner: HookCommandRunner,
  id: string,
): Promise<{ readonly kind: string; readonly location: string }> {
  return (await runForJson(runner, { command: 'storage-get', args: ['-s', id] })) as { kind: string; location: string };
}
