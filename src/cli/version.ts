import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The version that charms are told: the one whose behaviour is reproduced. */
export const jujuVersion = '3.6.13';

/** The version in package.json. */
export function version(): string {
  return JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8')).version;
}
