import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { importMapHash } from './assets.ts';

export interface Login {
  readonly user: string;
  readonly password: string;
}

/**
 * Was the request meant for this machine's own server? A page from elsewhere that has its name resolve to 127.0.0.1
 * still sends its own name.
 */
export function isForUs(request: IncomingMessage): boolean {
  const host = (request.headers.host ?? '').replace(/:\d+$/, '').toLowerCase();
  return host === '127.0.0.1' || host === 'localhost' || host === '[::1]';
}

/** Does it carry the user's name and password (HTTP Basic)? Takes equally long whatever is wrong. */
export function hasLogin(request: IncomingMessage, login: Login): boolean {
  const [, encoded = ''] = /^Basic ([A-Za-z0-9+/=]+)$/i.exec(request.headers.authorization ?? '') ?? [];
  const given = createHash('sha256').update(Buffer.from(encoded, 'base64')).digest();
  const wanted = createHash('sha256').update(`${login.user}:${login.password}`).digest();
  return timingSafeEqual(given, wanted);
}

/** Headers of every answer: nothing is loaded from elsewhere, and nothing inline is run but the import map. */
export function securityHeaders(embedding: boolean): Readonly<Record<string, string>> {
  const policy = [
    "default-src 'none'",
    `script-src 'self' ${importMapHash}`,
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    ...(embedding ? [] : ["frame-ancestors 'none'"]),
  ];
  return {
    'content-security-policy': policy.join('; '),
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cross-origin-resource-policy': embedding ? 'cross-origin' : 'same-origin',
  };
}
