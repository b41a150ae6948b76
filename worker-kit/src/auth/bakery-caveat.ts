import nacl from 'tweetnacl';
import { KitError } from '../kit-error.ts';

/** A key pair of NaCl's box (Curve25519). */
export interface BakeryKey {
  readonly publicKey: Uint8Array;
  readonly privateKey: Uint8Array;
}

/** What a third-party caveat holds for the one who can open it. */
export interface CaveatSecret {
  readonly rootKey: Uint8Array;
  readonly condition: string;
}

const prefixBytes = 4;

/**
 * Opens a third-party caveat that was encrypted for `key`, in the formats 1 to 3 of the macaroon bakery
 * (`macaroonbakery.bakery._codec` in Python, `bakery/codec.go` in Go). Throws a sentence when it is for another key.
 */
export function openCaveat(caveat: Uint8Array, key: BakeryKey): CaveatSecret {
  const version = caveat[0];
  if (version === 'e'.charCodeAt(0)) return openJsonCaveat(caveat, key);
  if (version !== 2 && version !== 3) throw new KitError('cannot open a caveat: its format is not known');
  const reader = new Reader(caveat.subarray(1));
  const prefix = reader.take(prefixBytes);
  if (!Buffer.from(prefix).equals(key.publicKey.subarray(0, prefixBytes))) throw new KitError(forAnotherKey);
  const from = reader.take(nacl.box.publicKeyLength);
  const nonce = reader.take(nacl.box.nonceLength);
  const secret = new Reader(openBox(reader.rest(), nonce, from, key));
  if (secret.take(1)[0] !== version)
    throw new KitError('cannot open a caveat: its inner version differs from its outer one');
  const rootKey = secret.take(secret.uvarint());
  if (version === 3) secret.take(secret.uvarint());
  return { rootKey, condition: Buffer.from(secret.rest()).toString() };
}

const forAnotherKey = 'cannot open a caveat: it is encrypted for another key';

function openJsonCaveat(caveat: Uint8Array, key: BakeryKey): CaveatSecret {
  const bytes = (text: unknown) => new Uint8Array(Buffer.from(String(text), 'base64'));
  const outer = parseObject(Buffer.from(bytes(Buffer.from(caveat))));
  if (!Buffer.from(bytes(outer.ThirdPartyPublicKey)).equals(key.publicKey)) throw new KitError(forAnotherKey);
  const inner = openBox(bytes(outer.Id), bytes(outer.Nonce), bytes(outer.FirstPartyPublicKey), key);
  const { RootKey: rootKey, Condition: condition } = parseObject(inner);
  return { rootKey: bytes(rootKey), condition: String(condition) };
}

function parseObject(json: Uint8Array): Record<string, unknown> {
  try {
    return { ...JSON.parse(Buffer.from(json).toString()) };
  } catch {
    throw new KitError('cannot open a caveat: it is not JSON');
  }
}

function openBox(box: Uint8Array, nonce: Uint8Array, from: Uint8Array, key: BakeryKey): Uint8Array {
  const opened = nacl.box.open(box, nonce, from, key.privateKey);
  if (!opened) throw new KitError(forAnotherKey);
  return opened;
}

class Reader {
  #left: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#left = bytes;
  }

  take(count: number): Uint8Array {
    if (this.#left.length < count) throw new KitError('cannot open a caveat: it is too short');
    const taken = this.#left.slice(0, count);
    this.#left = this.#left.subarray(count);
    return taken;
  }

  rest(): Uint8Array {
    return this.take(this.#left.length);
  }

  uvarint(): number {
    let value = 0;
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = this.take(1)[0]!;
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    throw new KitError('cannot open a caveat: a length in it is too large');
  }
}
