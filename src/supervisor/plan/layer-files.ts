import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PlanFormatError } from './types.ts';

/** A file `NNN-label.yaml`; others in the directory are none of Pebble's. */
const fileName = /^(\d{3})-([a-z](?:-?[a-z0-9]){2,})\.yaml$/;

/**
 * The layers of a directory (`$PEBBLE/layers`) in the order of their numbers; none when there is no such directory.
 * Throws `PlanFormatError` for a number or a label that occurs twice.
 */
export function readLayerFiles(dir: string): { readonly label: string; readonly text: string }[] {
  let names: string[];
  try {
    names = readdirSync(dir).sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  const seen = new Map<string, string>();
  return names.flatMap((name) => {
    const [, number = '', label = ''] = fileName.exec(name) ?? [];
    if (number === '') return [];
    for (const key of [number, label]) {
      const other = seen.get(key);
      if (other) throw new PlanFormatError(`invalid layer filename: "${name}" not unique (have "${other}" already)`);
      seen.set(key, name);
    }
    return [{ label, text: readFileSync(join(dir, name), 'utf8') }];
  });
}
