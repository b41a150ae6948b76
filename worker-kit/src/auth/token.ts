import { createHash } from 'node:crypto';
import type { AuthSettings } from '../settings/auth.ts';

export interface Token {
  /** The value of the header `authorization`. */
  readonly authorization: string;
  /** In milliseconds since 1970; absent when the token does not tell. */
  readonly expiresAt?: number;
}

/** Gets a new token. Throws a sentence that holds no secret. */
export type TokenSource = () => Promise<Token>;

/** Loads the one provider that is wanted: Candid's cryptography costs a worker without it nothing. */
export async function tokenSource(auth: AuthSettings): Promise<TokenSource> {
  if (auth.provider === 'google') {
    const { googleToken } = await import('./google.ts');
    return () => googleToken(auth);
  }
  const { candidToken } = await import('./candid.ts');
  return () => candidToken(auth);
}

/** A short text that tells one token from another in a log, and from which none can be made. */
export function fingerprint(token: Token): string {
  return createHash('sha256').update(token.authorization).digest('hex').slice(0, 8);
}
