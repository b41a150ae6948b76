import { createPrivateKey } from 'node:crypto';
import { type Environment, namesOf } from './environment.ts';
import type { VariableKey } from './variables.ts';

export interface GoogleSettings {
  readonly provider: 'google';
  readonly clientEmail: string;
  readonly privateKeyId: string;
  /** RSA, PEM. */
  readonly privateKey: string;
  readonly tokenUri: string;
}

export interface CandidSettings {
  readonly provider: 'candid';
  /** Where the server's macaroon is given out. */
  readonly url: string;
  readonly username: string;
  /** Base64. The public key follows from it. */
  readonly privateKey: string;
}

export type AuthSettings = (GoogleSettings | CandidSettings) & {
  /** How long a token is used at most, even when it lives longer or does not tell. */
  readonly refreshIntervalMs: number;
};

const googleTokenUri = 'https://oauth2.googleapis.com/token';

/** `undefined` when no provider is named. */
export function readAuth(environment: Environment): AuthSettings | undefined {
  const provider = environment.get('authProvider');
  const refreshIntervalMs = (environment.parse('tokenRefreshInterval', parseInterval) ?? 1800) * 1000;
  if (provider === undefined) return undefined;
  if (provider === 'google') return { ...readGoogle(environment), refreshIntervalMs };
  if (provider === 'candid') return { ...readCandid(environment), refreshIntervalMs };
  environment.problem(`cannot use auth-provider "${provider}" from ${namesOf('authProvider')} (google or candid)`);
  return undefined;
}

function readGoogle(environment: Environment): GoogleSettings {
  const type = environment.get('oidcAuthType') ?? 'service_account';
  if (type !== 'service_account') {
    environment.problem(`cannot use oidc-auth-type "${type}" from ${namesOf('oidcAuthType')} (service_account)`);
  }
  const required = (key: VariableKey) => environment.require(key, ', which auth-provider "google" needs');
  required('oidcPrivateKey');
  return {
    provider: 'google',
    clientEmail: required('oidcClientEmail'),
    privateKeyId: required('oidcPrivateKeyId'),
    privateKey: environment.parse('oidcPrivateKey', parseRsaKey) ?? '',
    tokenUri: environment.parse('oidcTokenUri', parseUrl) ?? googleTokenUri,
  };
}

function readCandid(environment: Environment): CandidSettings {
  const required = (key: VariableKey) => environment.require(key, ', which auth-provider "candid" needs');
  required('candidUrl');
  required('candidPrivateKey');
  return {
    provider: 'candid',
    url: environment.parse('candidUrl', parseUrl) ?? '',
    username: required('candidUsername'),
    privateKey: environment.parse('candidPrivateKey', parseCandidKey) ?? '',
  };
}

function parseRsaKey(text: string): string {
  const pem = text.replaceAll('\\n', '\n');
  let type: string | undefined;
  try {
    type = createPrivateKey(pem).asymmetricKeyType;
  } catch {
    // Node's own reason tells nothing to a user who pasted half a key.
  }
  if (type !== 'rsa')
    throw new Error("it is no RSA private key in PEM (as in the account's JSON file, field private_key)");
  return pem;
}

function parseCandidKey(text: string): string {
  if (Buffer.from(text, 'base64').length !== 32) throw new Error('it is no key of 32 bytes in base64');
  return text;
}

function parseUrl(text: string): string {
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol))
    throw new Error('it is no http or https address');
  return text;
}

function parseInterval(text: string): number {
  const seconds = Number(text);
  if (!(seconds >= 900 && seconds <= 3600)) throw new Error('it is not a number of seconds from 900 to 3600');
  return seconds;
}
