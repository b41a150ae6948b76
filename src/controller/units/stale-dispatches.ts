import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** The dispatches of a model, or of one unit of it. */
interface Whose {
  readonly modelUuid: string;
  readonly unit?: string;
}

/**
 * Kills what is left of dispatches whose controller or unit has gone, and resolves with the pids when they are gone.
 * They are known by the variables that every dispatch and its children inherit: the model's uuid, the unit's name and a
 * context's id. What they would have written was in the memory of their controller; nobody can commit it any more.
 */
export async function endStaleDispatches(whose: Whose): Promise<number[]> {
  const stale = await findStale(whose);
  for (const pid of stale) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended by itself meanwhile.
    }
  }
  // They are not our children, so no event tells their end; it takes the kernel a few milliseconds.
  for (let left = 100; left > 0 && (await findStale(whose)).length > 0; left -= 1) await sleep(20);
  return stale;
}

async function findStale(whose: Whose): Promise<number[]> {
  const entries = await readdir('/proc').catch(() => []);
  const found = await Promise.all(
    entries
      .filter((entry) => /^[0-9]+$/.test(entry) && Number(entry) !== process.pid)
      .map(async (entry) => ((await isDispatch(entry, whose)) ? [Number(entry)] : [])),
  );
  return found.flat();
}

/** Processes of other users cannot be read, and are none of ours. A zombie has no environment any more. */
async function isDispatch(pid: string, { modelUuid, unit }: Whose): Promise<boolean> {
  const environ = await readFile(`/proc/${pid}/environ`, 'latin1').catch(() => '');
  if (!environ.includes(modelUuid)) return false;
  const variables = environ.split('\0');
  return (
    variables.includes(`JUJU_MODEL_UUID=${modelUuid}`) &&
    (unit === undefined || variables.includes(`JUJU_UNIT_NAME=${unit}`)) &&
    variables.some((each) => each.startsWith('JUJU_CONTEXT_ID='))
  );
}
