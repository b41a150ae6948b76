import { createCipheriv, createDecipheriv, randomBytes, timingSafeEqual } from 'node:crypto';

const blockBytes = 16;
/** What EAX puts before the message: a nonce and a tag of one block each. */
export const overheadBytes = 2 * blockBytes;

/** Which of EAX's three inputs a message authentication code is for. */
const inputs = { nonce: 0, header: 1, ciphertext: 2 } as const;

/**
 * AES in EAX mode (Bellare, Rogaway, Wagner: "The EAX Mode of Operation", FSE 2004), as PyCryptodome's `MODE_EAX` with
 * its defaults: a nonce and a tag of 16 bytes, no header. Node's OpenSSL has no EAX, so it is put together here from
 * what OpenSSL has: counter mode for the secrecy, and CBC for the message authentication code of RFC 4493.
 */
export class Eax {
  readonly #key: Uint8Array;
  readonly #bits: number;
  /** The code's mask for a last block that is full, and for one that had to be padded (RFC 4493, section 2.3). */
  readonly #fullMask: Uint8Array;
  readonly #paddedMask: Uint8Array;
  readonly #headerCode: Buffer;

  /** A key of 16, 24 or 32 bytes. */
  constructor(key: Uint8Array) {
    this.#key = key;
    this.#bits = key.length * 8;
    this.#fullMask = doubled(this.#cbc(new Uint8Array(blockBytes)));
    this.#paddedMask = doubled(this.#fullMask);
    this.#headerCode = this.#code(inputs.header, new Uint8Array());
  }

  /** The nonce, the tag and the encrypted message in one piece. The nonce is random unless a test hands one in. */
  seal(message: Uint8Array, nonce: Uint8Array = randomBytes(blockBytes)): Buffer {
    const nonceCode = this.#code(inputs.nonce, nonce);
    const encrypted = createCipheriv(`aes-${this.#bits}-ctr`, this.#key, nonceCode).update(message);
    return Buffer.concat([nonce, this.#tag(nonceCode, encrypted), encrypted]);
  }

  /** The message, or `undefined` when the key is another one or a byte was changed. */
  open(sealed: Uint8Array): Buffer | undefined {
    if (sealed.length < overheadBytes) return undefined;
    const nonceCode = this.#code(inputs.nonce, sealed.subarray(0, blockBytes));
    const tag = sealed.subarray(blockBytes, overheadBytes);
    const encrypted = sealed.subarray(overheadBytes);
    if (!timingSafeEqual(tag, this.#tag(nonceCode, encrypted))) return undefined;
    return createDecipheriv(`aes-${this.#bits}-ctr`, this.#key, nonceCode).update(encrypted);
  }

  #tag(nonceCode: Uint8Array, encrypted: Uint8Array): Buffer {
    return xored(xored(nonceCode, this.#headerCode), this.#code(inputs.ciphertext, encrypted));
  }

  /** The message authentication code of `message`, with a first block that tells EAX's inputs apart. */
  #code(input: (typeof inputs)[keyof typeof inputs], message: Uint8Array): Buffer {
    const size = blockBytes + Math.ceil(message.length / blockBytes) * blockBytes;
    const blocks = new Uint8Array(size);
    blocks[blockBytes - 1] = input;
    blocks.set(message, blockBytes);
    const padded = message.length % blockBytes !== 0;
    if (padded) blocks[blockBytes + message.length] = 0x80;
    const mask = padded ? this.#paddedMask : this.#fullMask;
    for (let i = 0; i < blockBytes; i++) blocks[size - blockBytes + i]! ^= mask[i]!;
    return this.#cbc(blocks);
  }

  /** The last block of AES-CBC over whole blocks, from a zero start. */
  #cbc(blocks: Uint8Array): Buffer {
    const cipher = createCipheriv(`aes-${this.#bits}-cbc`, this.#key, new Uint8Array(blockBytes)).setAutoPadding(false);
    return Buffer.from(cipher.update(blocks).subarray(-blockBytes));
  }
}

function xored(a: Uint8Array, b: Uint8Array): Buffer {
  return Buffer.from(a.map((byte, i) => byte ^ b[i]!));
}

/** The block times x in the field of 2^128 elements that RFC 4493 uses. */
function doubled(block: Uint8Array): Uint8Array {
  const shifted = block.map((byte, i) => ((byte << 1) | ((block[i + 1] ?? 0) >> 7)) & 0xff);
  if (block[0]! & 0x80) shifted[blockBytes - 1]! ^= 0x87;
  return shifted;
}
