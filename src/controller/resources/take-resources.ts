import { createHash } from 'node:crypto';
import { realpath, stat } from 'node:fs/promises';
import { sep } from 'node:path';
import type { CharmSpec, ResourceSpec } from '../charm/spec.ts';
import type { Context } from '../context.ts';
import { explained, UserError } from '../errors.ts';
import { scratchDir, storeDir } from '../places.ts';
import type { ResourceRecord } from '../store/resources.ts';
import { storeDirectory } from './content-store.ts';

export type TakenResource = Omit<ResourceRecord, 'revision'>;

/**
 * Checks what was given for a charm's resources, all of it, before anything is copied; then takes directories into the
 * store. `live` leaves them where they are.
 */
export async function takeResources(
  context: Context,
  charm: CharmSpec,
  given: Readonly<Record<string, string>>,
  options: { readonly live: boolean; readonly tell: (line: string) => void },
): Promise<TakenResource[]> {
  const specOf = (name: string): ResourceSpec | undefined =>
    Object.hasOwn(charm.resources, name) ? charm.resources[name] : undefined;
  const unknown = Object.keys(given).filter((name) => !specOf(name));
  if (unknown.length > 0) {
    const known = Object.keys(charm.resources).join(', ') || 'none';
    throw new UserError(`unrecognized resource "${unknown.join('", "')}" (${charm.name} has: ${known})`);
  }
  const kinds = new Map<string, 'directory' | 'file'>();
  for (const [name, value] of Object.entries(given)) {
    kinds.set(name, await checkValue(name, specOf(name)!, value, context.paths.data));
  }
  const taken: TakenResource[] = [];
  for (const [name, value] of Object.entries(given)) {
    const kind = kinds.get(name)!;
    if (options.live || kind === 'file') {
      if (options.live)
        options.tell(
          `Running resource "${name}" in place from ${value}: changes there reach the workload at its next restart`,
        );
      taken.push({
        name,
        given: value,
        kind,
        path: value,
        digest: createHash('sha256').update(value).digest('hex'),
        live: options.live,
      });
      continue;
    }
    const { digest, path } = await explained(`cannot copy resource "${name}"`, () =>
      storeDirectory({
        from: value,
        store: storeDir(context.paths),
        scratch: scratchDir(context.paths),
      }),
    );
    taken.push({ name, given: value, kind, path, digest, live: false });
  }
  return taken;
}

/** Juju refuses a charm from a path without its images; a name of the catalogue is treated alike, for there is no store behind it. */
export function refuseMissingImages(charm: CharmSpec, given: Readonly<Record<string, string>>): void {
  const needed = Object.values(charm.containers).map((container) => container.resource);
  const missing = Object.entries(charm.resources).filter(
    ([name, spec]) => spec.type === 'oci-image' && needed.includes(name) && given[name] === undefined,
  );
  if (missing.length === 0) return;
  const names = missing.map(([name]) => name);
  const remedy = names.map((name) => `--resource ${name}=DIRECTORY`).join(' ');
  throw new UserError(
    `local charm missing OCI images for: ${names.join(', ')} (add ${remedy}, the directory of the workload)`,
  );
}

async function checkValue(
  name: string,
  spec: ResourceSpec,
  value: string,
  data: string,
): Promise<'directory' | 'file'> {
  const looksLikePath = value.startsWith('/') || value.startsWith('./') || value.startsWith('../');
  const found = looksLikePath ? await stat(value).catch(() => undefined) : undefined;
  if (looksLikePath && !found)
    throw new UserError(
      `cannot use resource "${name}": there is no "${value}" (${spec.type === 'file' ? 'a file' : 'a directory'})`,
    );
  if (spec.type === 'file') {
    if (!found?.isFile()) throw new UserError(`cannot use resource "${name}": "${value}" is no file (./FILE or /FILE)`);
    return 'file';
  }
  if (found?.isDirectory()) {
    await refuseOwnHolder(name, value, data);
    return 'directory';
  }
  if (found)
    throw new UserError(
      `cannot use resource "${name}": "${value}" is a file (a directory that the workload runs in; images from files are not supported yet)`,
    );
  throw new UserError(
    `cannot use resource "${name}": got "${value}", an image reference (images are not supported yet: give a directory, as ./DIRECTORY)`,
  );
}

/** A directory that holds our own data would be copied into itself. */
async function refuseOwnHolder(name: string, directory: string, data: string): Promise<void> {
  const [outer, inner] = await Promise.all([realpath(directory), realpath(data)]);
  if (inner !== outer && !inner.startsWith(outer.endsWith(sep) ? outer : outer + sep)) return;
  throw new UserError(
    `cannot use resource "${name}": "${directory}" holds the data directory ${data} (give the directory of the workload alone)`,
  );
}
