import { generateKeyPairSync, type KeyObject, randomUUID, verify } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export interface GoogleEndpoint {
  readonly tokenUri: string;
  /** The service account's key, PEM. */
  readonly privateKey: string;
  /** How long the next tokens live. */
  lifetimeS: number;
  /** Whether the next requests are answered with an error of the server. */
  down: boolean;
  readonly issued: string[];
  /** Why the header is not good now; `undefined` when it is. */
  admit(authorization: string | undefined): string | undefined;
  close(): Promise<void>;
}

export const account = { email: 'worker@project.iam.gserviceaccount.com', keyId: 'key-1' };

/** A token endpoint in the manner of Google's: it checks the assertion's signature and every claim, and tokens expire. */
export async function startGoogleEndpoint(): Promise<GoogleEndpoint> {
  const pair = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const expiries = new Map<string, number>();
  const endpoint: GoogleEndpoint = {
    tokenUri: '',
    privateKey: pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    lifetimeS: 3600,
    down: false,
    issued: [],
    admit: (authorization) => {
      if (!authorization) return 'no token';
      const expiry = expiries.get(authorization.replace(/^Bearer /, ''));
      if (expiry === undefined) return 'unknown token';
      return Date.now() < expiry ? undefined : 'expired token';
    },
    close: () => new Promise((done) => server.close(() => done())),
  };
  const server = createServer(async (request, response) => {
    const answer = (status: number, body: object) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    if (endpoint.down) return answer(503, { error: 'unavailable' });
    const form = new URLSearchParams(await text(request));
    const problem = assertionProblem(form, { key: pair.publicKey, audience: endpoint.tokenUri });
    if (problem) return answer(400, { error: 'invalid_grant', error_description: problem });
    const token = `ya29.${randomUUID()}`;
    expiries.set(token, Date.now() + endpoint.lifetimeS * 1000);
    endpoint.issued.push(token);
    answer(200, { access_token: token, expires_in: endpoint.lifetimeS, token_type: 'Bearer' });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return Object.assign(endpoint, { tokenUri: `http://127.0.0.1:${(server.address() as AddressInfo).port}/token` });
}

function assertionProblem(form: URLSearchParams, expected: { key: KeyObject; audience: string }): string | undefined {
  if (form.get('grant_type') !== 'urn:ietf:params:oauth:grant-type:jwt-bearer') return 'Invalid grant type.';
  const [header = '', claims = '', signature = ''] = (form.get('assertion') ?? '').split('.');
  const json = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString());
  const signed = verify(
    'RSA-SHA256',
    Buffer.from(`${header}.${claims}`),
    expected.key,
    Buffer.from(signature, 'base64url'),
  );
  if (!signed) return 'Invalid JWT Signature.';
  if (json(header).alg !== 'RS256' || json(header).kid !== account.keyId) return 'Invalid JWT header.';
  const { iss, aud, scope, iat, exp } = json(claims);
  if (iss !== account.email) return 'Invalid email or User ID';
  if (aud !== expected.audience) return 'Invalid audience.';
  if (!String(scope).split(' ').includes('email')) return 'Invalid scope.';
  const now = Date.now() / 1000;
  if (!(iat <= now + 1 && exp > now && exp - iat <= 3600)) return 'Token must be a short-lived token.';
  return undefined;
}
