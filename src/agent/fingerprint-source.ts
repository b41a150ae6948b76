import { link, readFile, rm, writeFile } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { tag } from '../../charm/tag.ts';
import type { Fingerprints } from './fingerprints.ts';

/** On the charm's own disk, which neither Juju's database nor Pebble has. It is lost with the pod, which costs one look more. */
const keyFile = '.fingerprint-key';
const keyBytes = 32;

/** The unit's key for fingerprints: a unit that has met no secret has none. */
export class FingerprintSource {
  readonly #file: string;
  #known: Promise<Fingerprints | null>;

  constructor(charmDir: string) {
    this.#file = join(charmDir, keyFile);
    this.#known = readKey(this.#file).then((key) => (key === null ? null : load(key)));
  }

  /** With the unit's key, which is made when there is none. */
  async needed(): Promise<Fingerprints> {
    const known = await this.#known;
    if (known !== null) return known;
    const made = makeKey(this.#file).then(load);
    this.#known = made;
    return made;
  }

  /** The tag of a plan's text, which may hold secrets once there is a key. */
  async planTag(text: string): Promise<string> {
    const known = await this.#known;
    return known === null ? tag(text) : known.of(text);
  }
}

async function load(key: Buffer): Promise<Fingerprints> {
  const { Fingerprints } = await import('./fingerprints.ts');
  return new Fingerprints(key);
}

function readKey(file: string): Promise<Buffer | null> {
  return new Promise((resolve) => {
    readFile(file, (error, key) => resolve(error === null && key.length === keyBytes ? key : null));
  });
}

/** Where no key can be kept it serves this dispatch alone, and every dispatch reads the plan itself. */
async function makeKey(file: string): Promise<Buffer> {
  const { randomBytes } = await import('node:crypto');
  const key = randomBytes(keyBytes);
  const fresh = `${file}.${process.pid}`;
  try {
    await promisify(writeFile)(fresh, key, { mode: 0o600, flag: 'wx' });
    await promisify(rm)(file, { force: true });
    await promisify(link)(fresh, file);
  } catch {
    // The charm's directory cannot be written to.
  }
  await promisify(rm)(fresh, { force: true }).catch(() => undefined);
  return key;
}
