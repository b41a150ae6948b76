import type { AuthSettings } from '../settings/auth.ts';
import type { TokenSource } from './token.ts';

/** Loads the one provider that is wanted: Candid's cryptography costs a worker without it nothing. */
export async function tokenSource(auth: AuthSettings): Promise<TokenSource> {
  if (auth.provider === 'google') {
    const { googleToken } = await import('./google.ts');
    return () => googleToken(auth);
  }
  const { candidToken } = await import('./candid.ts');
  return () => candidToken(auth);
}
