import { createHash } from 'node:crypto';

export interface Token {
  /** The value of the header `authorization`. */
  readonly authorization: string;
  /** In milliseconds since 1970; absent when the token does not tell. */
  readonly expiresAt?: number;
}

/** Gets a new token. Throws a sentence that holds no secret. */
export type TokenSource = () => Promise<Token>;

/** A short text that tells one token from another in a log, and from which none can be made. */
export function fingerprint(token: Token): string {
  return createHash('sha256').update(token.authorization).digest('hex').slice(0, 8);
}
