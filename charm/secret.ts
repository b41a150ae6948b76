/**
 * Text that came from a secret. It prints as `<secret>` wherever it is printed, logged or made JSON of; only
 * `reveal()` gives it away, and only what hands it to the workload calls that.
 */
export class Secret {
  readonly #text: string;
  /** Equal for equal texts, and tells nothing to whoever lacks the key that it was made with. */
  readonly fingerprint: string;

  constructor(text: string, fingerprint: string) {
    this.#text = text;
    this.fingerprint = fingerprint;
  }

  reveal(): string {
    return this.#text;
  }

  toString(): string {
    return '<secret>';
  }

  toJSON(): string {
    return '<secret>';
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return '<secret>';
  }
}

/** Text, or text that came from a secret. */
export type Text = string | Secret;

export function reveal(text: Text): string {
  return typeof text === 'string' ? text : text.reveal();
}

/** What stands for a text where it is only compared. */
export function comparable(text: Text): string {
  return typeof text === 'string' ? text : `<secret ${text.fingerprint}>`;
}
