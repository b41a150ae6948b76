import { execFile } from 'node:child_process';
import { access, constants, readdir } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import type { CompanionPlaces } from '../../controller/companion.ts';
import { cachedPrograms } from './npm-package.ts';

/** A directory with PostgreSQL's programs. */
export interface PostgresPrograms {
  readonly bin: string;
  /** `18.4`, or `15.13`. */
  readonly version: string;
}

/** The environment variable that may hold the directory. */
export const variable = 'CHARMLET_POSTGRES';
const oldest = 14;
export const wanted = `bin directory of PostgreSQL ${oldest} or newer`;

/** Where distributions put the programs, below a directory per release: Debian and Ubuntu, then Red Hat's family. */
const usualPlaces = [
  { parent: '/usr/lib/postgresql', release: /^(\d+)$/ },
  { parent: '/usr', release: /^pgsql-(\d+)$/ },
] as const;

export interface Search {
  readonly places: CompanionPlaces;
  /** The release that an existing database directory needs; absent: the newest will do. */
  readonly major?: number;
  /** Directories beyond `PATH`, best first; those of the distributions unless told. */
  readonly usual?: readonly string[];
}

/**
 * Looks for PostgreSQL: the directory in its variable, then `PATH`, the usual places (newest first), then the cache.
 * `passedOver` are lines for people. Rejects when the variable names something that cannot be used.
 */
export async function findPrograms(search: Search): Promise<{
  readonly found?: PostgresPrograms;
  readonly passedOver: readonly string[];
}> {
  const { env } = search.places;
  const explicit = env[variable];
  if (explicit) {
    const { programs, problem } = await inspect(explicit);
    if (programs) return { found: programs, passedOver: [] };
    throw new Error(`cannot use ${variable}="${explicit}": ${problem} (${wanted})`);
  }
  const onPath = (env.PATH ?? '').split(delimiter).filter((dir) => dir.startsWith('/'));
  const passedOver: string[] = [];
  for (const bin of [...onPath, ...(search.usual ?? (await usualDirectories())), cachedPrograms(search.places)]) {
    if (!(await isExecutable(join(bin, 'postgres')))) continue;
    const { programs, problem } = await inspect(bin);
    if (programs && (search.major === undefined || majorOf(programs.version) === search.major)) {
      return { found: programs, passedOver };
    }
    passedOver.push(`${bin} is passed over: ${problem ?? `it is PostgreSQL ${programs?.version}`}`);
  }
  return { passedOver };
}

export function majorOf(version: string): number {
  return Number(version.split('.')[0]);
}

async function usualDirectories(): Promise<string[]> {
  const found = usualPlaces.map(async ({ parent, release }) => {
    const names = await readdir(parent).catch(() => []);
    return names.flatMap((name) => {
      const major = release.exec(name)?.[1];
      return major ? [{ major: Number(major), bin: join(parent, name, 'bin') }] : [];
    });
  });
  return (await Promise.all(found))
    .flat()
    .sort((a, b) => b.major - a.major)
    .map(({ bin }) => bin);
}

async function inspect(bin: string): Promise<{ programs?: PostgresPrograms; problem?: string }> {
  for (const program of ['postgres', 'initdb']) {
    if (!(await isExecutable(join(bin, program)))) return { problem: `there is no program "${program}" in it` };
  }
  const output = await new Promise<string>((resolve) => {
    execFile(join(bin, 'postgres'), ['--version'], { timeout: 10_000, env: {} }, (error, stdout) =>
      resolve(error ? '' : stdout),
    );
  });
  const version = /^postgres \(PostgreSQL\) (\d+(?:\.\d+)*)/.exec(output)?.[1];
  if (!version) return { problem: 'its "postgres" is no PostgreSQL that runs here' };
  if (majorOf(version) < oldest) return { problem: `version ${version} is too old` };
  return { programs: { bin, version } };
}

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
