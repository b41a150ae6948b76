import { sign } from 'node:crypto';
import { KitError } from '../kit-error.ts';
import type { GoogleSettings } from '../settings/auth.ts';
import { parseJson, send } from './http.ts';
import type { Token } from './token.ts';

/** What the Python library asks for, and so what a server checks that was set up for it. */
const scopes = 'email profile openid';
const assertionLifetimeS = 3600;

/**
 * An access token for a service account: a JWT signed with the account's key is exchanged for it (RFC 7523). Google's
 * own library is not used because it passes over `token_uri`, which the charm has an option for.
 */
export async function googleToken(google: GoogleSettings): Promise<Token> {
  const askedAt = Date.now();
  const { status, body } = await send({
    url: google.tokenUri,
    method: 'POST',
    form: { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion: assertion(google, askedAt) },
  });
  if (status !== 200) {
    throw new KitError(
      `cannot get a token for "${google.clientEmail}" from "${google.tokenUri}": ${refusal(status, body)}`,
    );
  }
  const answer = parseJson(body, google.tokenUri) as { access_token?: unknown; expires_in?: unknown } | null;
  if (typeof answer?.access_token !== 'string' || answer.access_token === '') {
    throw new KitError(`cannot read the answer of "${google.tokenUri}": it has no access_token`);
  }
  const lifetimeS = Number(answer.expires_in);
  return {
    authorization: `Bearer ${answer.access_token}`,
    ...(lifetimeS > 0 && { expiresAt: askedAt + lifetimeS * 1000 }),
  };
}

function assertion(google: GoogleSettings, now: number): string {
  const issuedAt = Math.floor(now / 1000);
  const header = { alg: 'RS256', typ: 'JWT', kid: google.privateKeyId };
  const claims = {
    iss: google.clientEmail,
    scope: scopes,
    aud: google.tokenUri,
    iat: issuedAt,
    exp: issuedAt + assertionLifetimeS,
  };
  const text = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  return `${text}.${sign('RSA-SHA256', Buffer.from(text), google.privateKey).toString('base64url')}`;
}

/** Google's reason, `invalid_grant: Invalid JWT Signature.`, or the bare status. */
function refusal(status: number, body: string): string {
  try {
    const { error, error_description: description } = JSON.parse(body);
    if (typeof error === 'string') return typeof description === 'string' ? `${error}: ${description}` : error;
  } catch {
    // A proxy's page is of no use to the reader.
  }
  return `HTTP status ${status}`;
}
