import { createHmac } from 'node:crypto';
import { Secret } from '../../charm/secret.ts';

/**
 * Makes `Secret`s whose fingerprints can be kept in Juju's unit state: equal texts have equal ones, and without the
 * key nobody can try texts against them. Loaded only where there is a secret.
 */
export class Fingerprints {
  readonly #key: Buffer;

  constructor(key: Buffer) {
    this.#key = key;
  }

  secret(text: string): Secret {
    return new Secret(text, this.of(text));
  }

  of(text: string): string {
    return createHmac('sha256', this.#key).update(text).digest('hex').slice(0, 32);
  }
}
