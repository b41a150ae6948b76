import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, linkSync, openSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs';
import { codeOf, UserError } from '../errors.ts';

const keyBytes = 32;
const ivBytes = 12;
const tagBytes = 16;
/** What everything sealed begins with. */
export const mark = 'sealed:1:';

/**
 * Seals what secrets and tasks hold before it goes into the database: AES-256-GCM with a key of this data directory in a
 * file of its own (0600), made with the first of them. A copied database tells nothing without it.
 */
export class ContentSeal {
  readonly #file: string;
  readonly #hasSealed: () => boolean;
  #key: Buffer | undefined;

  /** @param hasSealed whether something is sealed already; then a missing key is not made anew, for that would lose it. */
  constructor(file: string, hasSealed: () => boolean) {
    this.#file = file;
    this.#hasSealed = hasSealed;
  }

  /** `place` says where the text belongs; what was sealed for one place cannot be opened at another. */
  seal(text: string, place: string): string {
    const iv = randomBytes(ivBytes);
    const cipher = createCipheriv('aes-256-gcm', this.#ownKey('make'), iv).setAAD(Buffer.from(place));
    const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    return mark + Buffer.concat([iv, cipher.getAuthTag(), body]).toString('base64');
  }

  /** Throws a `UserError` that names the key's file when it is not the one that sealed the text. */
  open(sealed: string, place: string): string {
    // Written by a version that did not seal yet.
    if (!sealed.startsWith(mark)) return sealed;
    const bytes = Buffer.from(sealed.slice(mark.length), 'base64');
    const decipher = createDecipheriv('aes-256-gcm', this.#ownKey('read'), bytes.subarray(0, ivBytes))
      .setAAD(Buffer.from(place))
      .setAuthTag(bytes.subarray(ivBytes, ivBytes + tagBytes));
    try {
      return Buffer.concat([decipher.update(bytes.subarray(ivBytes + tagBytes)), decipher.final()]).toString();
    } catch (cause) {
      throw this.#refusal('it is not the key that they were sealed with', cause);
    }
  }

  #ownKey(want: 'make' | 'read'): Buffer {
    if (this.#key) return this.#key;
    if (want === 'make' && !this.#hasSealed()) makeKey(this.#file);
    let key: Buffer;
    try {
      key = readFileSync(this.#file);
    } catch (cause) {
      throw this.#refusal(codeOf(cause) === 'ENOENT' ? 'it is missing' : (cause as Error).message, cause);
    }
    if (key.length !== keyBytes || (statSync(this.#file).mode & 0o077) !== 0)
      throw this.#refusal(
        key.length === keyBytes ? 'others may read it' : `it has ${key.length} bytes, not ${keyBytes}`,
        undefined,
      );
    this.#key = key;
    return key;
  }

  #refusal(found: string, cause: unknown): UserError {
    return new UserError(
      `cannot open the model's secrets with the key in ${this.#file}: ${found} (put back the file that belongs to this model.db, with mode 0600)`,
      { cause },
    );
  }
}

/** The file appears whole or not at all; one that is there stays. */
function makeKey(file: string): void {
  const fresh = `${file}.${process.pid}`;
  rmSync(fresh, { force: true });
  const fd = openSync(fresh, 'wx', 0o600);
  try {
    writeSync(fd, randomBytes(keyBytes));
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  try {
    linkSync(fresh, file);
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
  } finally {
    rmSync(fresh);
  }
}
