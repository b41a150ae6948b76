import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Methods } from '../api.ts';
import type { Shared } from '../context.ts';
import { removeTree } from '../copy-tree.ts';
import { codeOf, messageOf } from '../errors.ts';
import { markerFile, unitsDir } from '../places.ts';
import type { Caller } from '../server.ts';
import { endSupervisors, specsBelow } from '../units/leftovers.ts';
import type { Parts } from './parts.ts';

/** Ends everything that runs and keeps the data. The controller's own process goes right after its answer. */
export async function stop(parts: Parts, caller: Pick<Caller<'stop'>, 'tell'>): Promise<Methods['stop']['result']> {
  await endEverything(parts, caller);
  setImmediate(() => void parts.close());
  return { messages: [] };
}

/** Ends everything and removes the data and runtime directories; the cache stays, it serves other models too. */
export async function killController(
  parts: Parts,
  caller: Pick<Caller<'killController'>, 'tell'>,
): Promise<Methods['killController']['result']> {
  const { paths } = parts.shared;
  await endEverything(parts, caller);
  const messages: string[] = [];
  try {
    for (const directory of [paths.runtime, paths.data]) {
      const left = existsSync(markerFile(directory))
        ? await removeDirectory(directory)
        : `${directory} is no directory of charmlet's and was left alone`;
      if (left === null) caller.tell({ progress: `Removed ${directory}` });
      else messages.push(left);
    }
    return { messages };
  } finally {
    setImmediate(() => void parts.close());
  }
}

/** Null when it has gone. A directory that somebody else made for us, such as a mount point, can be emptied but not removed. */
async function removeDirectory(directory: string): Promise<string | null> {
  try {
    await removeTree(directory);
    return null;
  } catch (error) {
    const ends = await Promise.allSettled(readdirSync(directory).map((name) => removeTree(join(directory, name))));
    const failed = ends.flatMap((end) => (end.status === 'rejected' ? [messageOf(end.reason)] : []));
    if (failed.length > 0) return `${directory} was left: ${failed.join('; ')}`;
    return `${directory} is empty, and itself was left: it cannot be removed (${codeOf(error)})`;
  }
}

async function endEverything(parts: Parts, caller: Pick<Caller<'stop'>, 'tell'>): Promise<void> {
  const { shared } = parts;
  caller.tell({ progress: 'Ending hooks that run' });
  await parts.closeModel();
  const specs = (await Promise.all(unitDirectories(shared).map((unit) => specsBelow(join(unit, 'containers'))))).flat();
  if (specs.length > 0)
    caller.tell({ progress: `Stopping the services of ${specs.length} container${specs.length === 1 ? '' : 's'}` });
  await endSupervisors(shared, specs);
}

/** From the disk and not from the model: also what a removed unit has left is ended. */
function unitDirectories({ paths }: Shared): string[] {
  const directory = unitsDir(paths);
  return existsSync(directory) ? readdirSync(directory).map((name) => join(directory, name)) : [];
}
