import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { PlanFormatError } from './types.ts';

/** A file `NNN-label.yaml` or a directory `NNN-label.d`. */
const entryName = /^(\d{3})-([a-z](?:-?[a-z0-9]){2,})\.(?:yaml|d)$/;

/** A layer as it is on disk. */
export interface LayerFile {
  readonly label: string;
  readonly text: string;
}

/**
 * The layers of a directory (`$PEBBLE/layers`) in the order of their numbers; none when there is no such directory.
 * Those of a directory in it have its label before their own, as in `base/one`. What ends neither in `.yaml` nor in
 * `.d` is none of Pebble's. Throws `PlanFormatError` for other names, and for a number or a label that occurs twice.
 */
export function readLayerFiles(dir: string): readonly LayerFile[] {
  try {
    return readEntries(dir, '');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

function readEntries(dir: string, outer: string): LayerFile[] {
  const seen = new Map<string, string>();
  const names = readdirSync(dir).filter((name) => /\.(yaml|d)$/.test(name));
  return names.sort().flatMap((name) => {
    const path = join(dir, name);
    const isDirectory = statSync(path).isDirectory();
    const [, number = '', label = ''] = entryName.exec(name) ?? [];
    if (number === '') refuse(name, isDirectory);
    if (isDirectory && outer !== '') throw new PlanFormatError('cannot have a layers sub-directory at this level');
    for (const key of [number, label]) {
      const other = seen.get(key);
      if (other) throw new PlanFormatError(`invalid layer filename: "${name}" not unique (have "${other}" already)`);
      seen.set(key, name);
    }
    if (isDirectory) return readEntries(path, `${label}/`);
    return [{ label: `${outer}${label}`, text: readFileSync(path, 'utf8') }];
  });
}

function refuse(name: string, isDirectory: boolean): never {
  throw new PlanFormatError(
    isDirectory
      ? `invalid layer sub-directory name: "${name}" (must look like "123-some-label.d")`
      : `invalid layer filename: "${name}" (must look like "123-some-label.yaml")`,
  );
}
