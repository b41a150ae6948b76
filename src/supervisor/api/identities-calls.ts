import { type Answer, badRequest, type Call, readJson, sync } from './answer.ts';
import type { Route } from './server.ts';

export interface Identity {
  readonly access?: string;
  readonly local?: { readonly 'user-id'?: number };
  readonly basic?: { readonly password?: string };
  readonly cert?: { readonly pem?: string };
}

export type Identities = Map<string, Identity>;

/**
 * GET and POST /v1/identities. Access by the socket is decided by its mode, which lets in nobody but the daemon's own
 * user and root, and both are admins to Pebble anyway; by TCP a basic identity for metrics may read them.
 */
export function identitiesRoutes(identities: Identities): Route[] {
  return [
    {
      path: '/v1/identities',
      GET: () => sync(Object.fromEntries([...identities].map(([name, identity]) => [name, masked(identity)]))),
      POST: (call) => postIdentities(identities, call),
    },
  ];
}

async function postIdentities(identities: Identities, call: Call): Promise<Answer> {
  const { action = '', identities: given = {} } = await readJson<{
    action?: string;
    identities?: Record<string, Identity | null>;
  }>(call, 'cannot decode request body');
  const entries = Object.entries(given);
  if (!['add', 'update', 'replace', 'remove'].includes(action)) {
    throw badRequest(`invalid action "${action}", must be "add", "update", "replace", or "remove"`);
  }
  for (const [name, identity] of entries) check(action, name, identity);
  const names = (wrong: (name: string) => boolean): string[] =>
    entries
      .map(([name]) => name)
      .filter(wrong)
      .sort();
  const existing = action === 'add' ? names((name) => identities.has(name)) : [];
  if (existing.length > 0) throw badRequest(`identities already exist: ${existing.join(', ')}`);
  const missing = action === 'update' || action === 'remove' ? names((name) => !identities.has(name)) : [];
  if (missing.length > 0) throw badRequest(`identities do not exist: ${missing.join(', ')}`);
  for (const [name, identity] of entries) {
    if (identity === null) identities.delete(name);
    else identities.set(name, identity);
  }
  return sync(undefined);
}

function check(action: string, name: string, identity: Identity | null): void {
  if (action === 'remove' && identity !== null) {
    throw badRequest(`identity value for "${name}" must be null for remove operation`);
  }
  if ((action === 'add' || action === 'update') && identity === null) {
    throw badRequest(`identity value for "${name}" must not be null for ${action} operation`);
  }
  if (identity === null) return;
  const refuse = (why: string): never => {
    throw badRequest(`invalid identity for "${name}": ${why}`);
  };
  if (!['admin', 'read', 'metrics', 'untrusted'].includes(identity.access ?? '')) {
    refuse('access value must be "admin", "read", "metrics", or "untrusted"');
  }
  if (!identity.local && !identity.basic && !identity.cert) {
    refuse('identity must have at least one type ("local", "basic" or "cert")');
  }
  if (identity.basic && !identity.basic.password) refuse('basic identity must specify password (hashed)');
}

function masked(identity: Identity): Identity {
  return {
    ...identity,
    ...(identity.basic ? { basic: { password: '*****' } } : {}),
    ...(identity.cert ? { cert: { pem: '*****' } } : {}),
  };
}
