import { randomUUID } from 'node:crypto';
import { mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { Context } from '../context.ts';
import { copyTree, removeTree } from '../copy-tree.ts';
import { explained } from '../errors.ts';
import { charmsDir, nameInModel, scratchDir } from '../places.ts';
import { addCharm, type CharmRecord, newestCharm } from '../store/charms.ts';
import type { FoundCharm } from './find-charm.ts';

/** The files of a charm under their final name, and what writes the charm into the model. */
export interface KeptCharm {
  readonly revision: number;
  /** Writes the charm into the model. */
  readonly record: () => CharmRecord;
}

/**
 * Keeps a charm as its next revision: each deploy counts one up, as Juju's uploads do. A companion has no files and is a
 * new revision only when it has changed. `use` runs inside the transaction that writes the charm down; when it throws, the
 * files are taken away again.
 */
export async function keepCharm<T>(context: Context, found: FoundCharm, use: (kept: KeptCharm) => T): Promise<T> {
  // One at a time: two deploys of one charm must not take the same revision.
  return context.charms.exclusively(async () => {
    const kept = await keep(context, found);
    try {
      return context.model.db.transact(() => use(kept));
    } catch (error) {
      await kept.discard();
      throw error;
    }
  });
}

async function keep(
  context: Context,
  found: FoundCharm,
): Promise<KeptCharm & { readonly discard: () => Promise<void> }> {
  const { model, paths } = context;
  const { name } = found.spec;
  const newest = newestCharm(model, name);
  if (found.origin === 'companion') {
    const same = newest?.origin === 'companion' && JSON.stringify(newest.spec) === JSON.stringify(found.spec);
    const revision = same ? newest.revision : (newest?.revision ?? -1) + 1;
    const record = (): CharmRecord =>
      same ? newest : addCharm(model, { name, revision, origin: 'companion', directory: '', spec: found.spec });
    return { revision, record, discard: async () => {} };
  }
  const copy = join(scratchDir(paths), randomUUID());
  await Promise.all(
    [charmsDir(paths), scratchDir(paths)].map((directory) => mkdir(directory, { recursive: true, mode: 0o700 })),
  );
  // A pack is replaced as a whole, so its big files may be shared; in a directory of the user's they may be written to.
  await explained(`cannot copy the charm "${name}"`, () =>
    copyTree(found.directory, copy, { without: ['.git'], ...(found.origin === 'catalogue' && { linkFrom: 1 << 20 }) }),
  );
  const revision = (newestCharm(model, name)?.revision ?? -1) + 1;
  const directory = join(charmsDir(paths), nameInModel(model, `${name}-${revision}`));
  // What a crash left there belongs to no charm of the model.
  await removeTree(directory);
  await rename(copy, directory);
  return {
    revision,
    record: () => addCharm(model, { name, revision, origin: found.origin, directory, spec: found.spec }),
    discard: () => removeTree(directory),
  };
}
