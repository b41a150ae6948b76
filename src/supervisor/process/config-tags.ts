import { createHmac, randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import type { Service } from '../plan/types.ts';

/**
 * Tells whether a service's configuration is the one that it was started with, after the supervisor that knew it has
 * died: a hash with a random key (0600), since the configuration holds secrets and must not be on disk.
 */
export class ConfigTags {
  readonly #key: Buffer;

  constructor(keyFile: string) {
    this.#key = readKey(keyFile);
  }

  tag(service: Service): string {
    return createHmac('sha256', this.#key).update(canonical(service)).digest('base64url');
  }
}

function readKey(file: string): Buffer {
  try {
    const key = readFileSync(file);
    if (key.length === 32) return key;
  } catch {
    // The first start of this container's supervisor.
  }
  const key = randomBytes(32);
  writeFileSync(file, key, { mode: 0o600 });
  return key;
}

/** Equal texts for equal data, whatever the order of keys. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const pairs = Object.entries(value).filter(([, field]) => field !== undefined);
  return `{${pairs
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, field]) => `${JSON.stringify(name)}:${canonical(field)}`)
    .join(',')}}`;
}
