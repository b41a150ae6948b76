import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { dispatchPath } from './environment.ts';
import type { HookEvent } from './event.ts';

/** What to start for an event. */
export type CharmProgram =
  | { readonly kind: 'found'; readonly argv: readonly [string, ...string[]]; readonly via: string }
  | { readonly kind: 'missing' }
  | { readonly kind: 'broken'; readonly detail: string };

/**
 * Looks for `dispatch`, then for the hook's or action's own file, as Juju does; a file that is there but cannot be
 * executed is an error, not a missing one. `exec` is the shell's.
 */
export async function findCharmProgram(charmDir: string, event: HookEvent): Promise<CharmProgram> {
  if (event.exec) {
    return { kind: 'found', argv: ['/bin/sh', '-c', event.exec.command], via: 'juju-exec' };
  }
  const own = dispatchPath(event);
  for (const [path, via] of [
    ['dispatch', 'hook dispatching script: dispatch'],
    [own, 'explicit, bespoke hook script'],
  ] as const) {
    const full = join(charmDir, path);
    const found = await stat(full).catch(() => null);
    if (!found) {
      continue;
    }
    const isRunnable =
      found.isFile() &&
      (await access(full, constants.X_OK).then(
        () => true,
        () => false,
      ));
    return isRunnable
      ? { kind: 'found', argv: [full], via }
      : { kind: 'broken', detail: `exec: "${full}": ${found.isFile() ? 'permission denied' : 'is a directory'}` };
  }
  return { kind: 'missing' };
}
