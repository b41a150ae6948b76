import { stat } from 'node:fs/promises';
import { extname } from 'node:path';
import type { Companion } from '../companion.ts';
import type { Context } from '../context.ts';
import { UserError } from '../errors.ts';
import { isCharmDirectory, parseCharm, readCharmDirectory } from './read-charm.ts';
import type { CharmSpec } from './spec.ts';

/** A charm that can be deployed, where it was found. */
export type FoundCharm =
  | {
      readonly origin: 'local' | 'catalogue';
      readonly directory: string;
      readonly spec: CharmSpec;
      readonly dispose: () => Promise<void>;
    }
  | {
      readonly origin: 'companion';
      readonly companion: Companion;
      readonly spec: CharmSpec;
      readonly dispose: () => Promise<void>;
    };

/** A path (to a directory or a `.charm` archive), or a name of the catalogue. Call `dispose` when its files are not needed any more. */
export async function findCharm(context: Context, given: string): Promise<FoundCharm> {
  const nothing = async (): Promise<void> => {};
  if (!given.includes('/')) {
    const companion = await context.companion(given);
    if (companion) {
      const spec = parseCharm(companion, `of ${given}`);
      return { origin: 'companion', companion, spec, dispose: nothing };
    }
    const directory = Object.hasOwn(context.catalogue.charms, given) ? context.catalogue.charms[given] : undefined;
    if (!directory) throw await unknownName(context, given);
    if (!(await isCharmDirectory(directory)))
      throw new UserError(
        `cannot deploy "${given}": it has not been packed yet, ${directory} has no metadata.yaml (npm run pack)`,
      );
    return { origin: 'catalogue', directory, spec: await readCharmDirectory(directory), dispose: nothing };
  }
  const found = await stat(given).catch(() => undefined);
  if (!found) throw new UserError(`cannot deploy "${given}": no such file or directory`);
  if (found.isFile()) {
    if (extname(given) !== '.charm')
      throw new UserError(`cannot deploy "${given}": it is a file (a charm's directory or a .charm archive)`);
    const { unpackCharm } = await import('./archive.ts');
    const unpacked = await unpackCharm(context.paths, given);
    try {
      return { origin: 'local', ...unpacked, spec: await readCharmDirectory(unpacked.directory) };
    } catch (error) {
      await unpacked.dispose();
      throw error;
    }
  }
  if (!(await isCharmDirectory(given))) throw await noCharm(context, given);
  return { origin: 'local', directory: given, spec: await readCharmDirectory(given), dispose: nothing };
}

async function unknownName(context: Context, given: string): Promise<UserError> {
  const { charms, companions, bundles = {} } = context.catalogue;
  const known = [charms, companions, bundles].flatMap(Object.keys).sort();
  const path = await stat(given).then(
    () => `for the directory of that name write ./${given}; `,
    () => '',
  );
  return new UserError(
    `cannot deploy "${given}": there is no charm of that name here (${path}by name there are: ${known.join(', ') || 'none'})`,
  );
}

/** A directory that is no charm is taken for what a charm would run: the right command is told. */
async function noCharm(context: Context, given: string): Promise<UserError> {
  const commands: string[] = [];
  for (const [name, directory] of Object.entries(context.catalogue.charms)) {
    const spec = await readCharmDirectory(directory).catch(() => undefined);
    for (const [resource, { type }] of Object.entries(spec?.resources ?? {})) {
      if (type === 'oci-image') commands.push(`charmlet deploy ${name} --resource ${resource}=${given}`);
    }
  }
  const remedy =
    commands.length > 0
      ? `to run what is in it: ${commands.join(' or ')}`
      : 'a workload goes in as a resource: charmlet deploy CHARM --resource NAME=DIRECTORY';
  return new UserError(`cannot deploy "${given}": it is no charm, there is no metadata.yaml in it (${remedy})`);
}
