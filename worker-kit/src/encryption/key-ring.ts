import { createHash } from 'node:crypto';
import { KitError } from '../kit-error.ts';
import { Eax } from './eax.ts';

/** A key that payloads are encrypted with. */
export interface EncryptionKey {
  /** A short name made from the key that tells nothing about it: it stands in payloads, errors and logs. */
  readonly id: string;
  readonly cipher: Eax;
}

/** Lengths that both the Python library and AES accept. Python's list has 8 as well, which its AES then refuses. */
const keyLengths = [16, 32];

/**
 * Reads an encryption key as the Python library does: base64, in which characters that are none of base64's are passed
 * over. Throws a reason that does not hold the key.
 */
export function parseEncryptionKey(text: string): EncryptionKey {
  const digits = text.replace(/[^A-Za-z0-9+/]/g, '');
  const bytes = Buffer.from(digits, 'base64');
  if (digits.length % 4 === 1 || !keyLengths.includes(bytes.length)) {
    throw new Error(
      `got ${bytes.length} bytes of base64 (${keyLengths.join(' or ')} bytes; make one with: openssl rand -base64 32)`,
    );
  }
  return { id: keyId(bytes), cipher: new Eax(bytes) };
}

/** The keys of a process, the newest first: it writes with the first and reads with all. Throws a sentence. */
export function parseKeyRing(texts: readonly string[]): readonly EncryptionKey[] {
  return texts.map((text, index) => {
    try {
      return parseEncryptionKey(text);
    } catch (error) {
      throw new KitError(`cannot use encryption key ${index + 1} of ${texts.length}: ${(error as Error).message}`);
    }
  });
}

function keyId(key: Uint8Array): string {
  return createHash('sha256').update('temporal-worker-kit:encryption-key-id\0').update(key).digest('hex').slice(0, 8);
}
