import type { Memory } from './types.ts';

/** Key of the unit's state in Juju under which the memory is kept. */
export const memoryKey = 'memory';

/** Format of the text below; a text of another version is forgotten. */
const version = 1;

export const emptyMemory: Memory = {
  confirmed: null,
  looked: null,
  clock: null,
  applied: null,
  files: null,
  forwarding: null,
  address: null,
  vaultRefusal: null,
};

/** Reads what `renderMemory` wrote. Whatever else it finds reads as nothing remembered, which costs one look more. */
export function parseMemory(text: string | undefined): Memory {
  if (!text) return emptyMemory;
  try {
    const read = JSON.parse(text) as { version?: number } & Partial<Memory>;
    if (read === null || read.version !== version) return emptyMemory;
    const { confirmed = null, looked = null, clock = null, applied = null } = read;
    const { files = null, forwarding = null, address = null, vaultRefusal = null } = read;
    return { confirmed, looked, clock, applied, files, forwarding, address, vaultRefusal };
  } catch {
    return emptyMemory;
  }
}

export function renderMemory(memory: Memory): string {
  return JSON.stringify({ version, ...memory });
}
