import type { Payload, PayloadCodec } from '@temporalio/common';
import proto from '@temporalio/proto';
import { KitError } from '../kit-error.ts';
import type { EncryptionKey } from './key-ring.ts';

const encoding = Buffer.from('binary/encrypted');
const keyIdField = 'encryption-key-id';
const { Payload: PayloadMessage } = proto.temporal.api.common.v1;

/** Thrown when a payload cannot be read: the keys at hand are others, or there are none. */
export class PayloadDecryptionError extends KitError {
  override readonly name = 'PayloadDecryptionError';
}

/**
 * Encrypts whole payloads, metadata included, so that Temporal stores nothing in plain text. The format is that of
 * Canonical's Python library (`temporallib.encryption`): `encoding: binary/encrypted`, and as data AES-EAX's nonce, tag
 * and ciphertext of the serialised payload. The id of the key goes into the metadata, which Python passes over.
 *
 * Writes with the first key and reads with all. Without a key it writes plain payloads, and says what is missing when it
 * meets an encrypted one. A payload that is not encrypted is handed on as it is, so that encryption can be turned on
 * while workflows run.
 */
export class EncryptionCodec implements PayloadCodec {
  readonly #keys: readonly EncryptionKey[];

  constructor(keys: readonly EncryptionKey[]) {
    this.#keys = keys;
  }

  async encode(payloads: Payload[]): Promise<Payload[]> {
    const [key] = this.#keys;
    if (!key) return payloads;
    return payloads.map((payload) => ({
      metadata: { encoding, [keyIdField]: Buffer.from(key.id) },
      data: key.cipher.seal(PayloadMessage.encode(payload).finish()),
    }));
  }

  async decode(payloads: Payload[]): Promise<Payload[]> {
    return payloads.map((payload) => (isEncrypted(payload) ? this.#open(payload) : payload));
  }

  #open(payload: Payload): Payload {
    const id = text(payload.metadata?.[keyIdField]);
    const sealed = payload.data ?? new Uint8Array();
    // The named key first; then all, because another writer of this format may name its keys differently, or not at all.
    for (const key of this.#keys.toSorted((a, b) => Number(b.id === id) - Number(a.id === id))) {
      const opened = key.cipher.open(sealed);
      if (opened) return PayloadMessage.decode(opened);
    }
    throw new PayloadDecryptionError(this.#problem(id));
  }

  #problem(id: string): string {
    const which = id ? `it is encrypted with key ${id}` : 'it is encrypted';
    if (this.#keys.length === 0) {
      return `cannot read a payload: ${which}, and this process has no key (set TWC_ENCRYPTION_KEY or TEMPORAL_ENCRYPTION_KEY)`;
    }
    const held = this.#keys.map((key) => key.id).join(', ');
    if (this.#keys.some((key) => key.id === id)) {
      return `cannot read a payload: ${which}, which this process has, but its content was changed`;
    }
    return `cannot read a payload: ${which}, and none of this process's keys fits (${held}; add the older key to TEMPORAL_ENCRYPTION_PREVIOUS_KEYS)`;
  }
}

function isEncrypted(payload: Payload): boolean {
  return text(payload.metadata?.encoding) === encoding.toString();
}

function text(bytes: Uint8Array | null | undefined): string {
  return bytes ? Buffer.from(bytes).toString() : '';
}
