import { X509Certificate } from 'node:crypto';
import type { Decoded } from '../json-shape.ts';

const access = ['admin', 'read', 'metrics', 'untrusted'];

export const identityShape = {
  struct: 'apiIdentity',
  fields: {
    access: 'identities.Access',
    local: { struct: 'apiLocalIdentity', fields: { 'user-id': 'uint32' } },
    basic: { struct: 'apiBasicIdentity', fields: { password: 'string' } },
    cert: { struct: 'apiCertIdentity', fields: { pem: 'string' } },
  },
} as const;

export type Identity = Decoded<typeof identityShape>;

/** What is wrong with an identity of that name, in Pebble's words; null when nothing is. */
export function whyNoIdentity(name: string, identity: Identity): string | null {
  if (identity.local && identity.local['user-id'] === undefined) return 'local identity must specify user-id';
  const certificate = identity.cert ? whyNoCertificate(identity.cert.pem ?? '') : null;
  if (certificate !== null) return certificate;
  // Pebble leaves the name out of this one.
  if (!/^[a-zA-Z][a-zA-Z0-9_-]*$/.test(name)) {
    return 'identity name "" invalid: must start with an alphabetic character and only contain alphanumeric characters, underscore, and hyphen';
  }
  if (!identity.access) return `access value must be specified (${oneOf(access)})`;
  if (!access.includes(identity.access)) return `invalid access value "${identity.access}", must be ${oneOf(access)}`;
  if (identity.basic && !identity.basic.password) return 'basic identity must specify password (hashed)';
  if (!identity.local && !identity.basic && !identity.cert) {
    return `identity must have at least one type (${oneOf(['local', 'basic', 'cert'])})`;
  }
  return null;
}

function whyNoCertificate(pem: string): string | null {
  const block = /(?:^|\n)-----BEGIN ([^\n]*)-----\r?\n[\s\S]*?\n-----END \1-----[ \t]*(?:\r?\n|$)/.exec(pem);
  if (!block) return 'cert identity must include a PEM-encoded certificate';
  if (block.index + block[0].length < pem.length) return 'cert identity cannot have extra data after the PEM block';
  try {
    new X509Certificate(block[0]);
    return null;
  } catch {
    return 'cannot parse certificate from cert identity: x509: malformed certificate';
  }
}

function oneOf(words: readonly string[]): string {
  const quoted = words.map((word) => `"${word}"`);
  return `${quoted.slice(0, -1).join(', ')}, or ${quoted.at(-1)}`;
}
