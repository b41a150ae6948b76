import { type Answer, badRequest, type Call, readJson, sync } from './answer.ts';
import { type Identity, identityShape, whyNoIdentity } from './identity.ts';
import type { Route } from './server.ts';

export type Identities = Map<string, Identity>;

const identitiesBody = {
  struct: '',
  fields: { action: 'string', identities: { map: identityShape, nullable: true } },
} as const;

/**
 * GET and POST /v1/identities. Access by the socket is decided by its mode, which lets in nobody but the daemon's own
 * user and root, and both are admins to Pebble anyway; by TCP a basic identity for metrics may read them.
 */
export function identitiesRoutes(identities: Identities): Route[] {
  return [
    {
      path: '/v1/identities',
      GET: () => sync(Object.fromEntries([...identities].sort(byName).map(([name, of]) => [name, masked(of)]))),
      POST: (call) => postIdentities(identities, call),
    },
  ];
}

async function postIdentities(identities: Identities, call: Call): Promise<Answer> {
  const body = await readJson(call, 'cannot decode request body', identitiesBody);
  const { action = '', identities: given = {} } = body;
  const entries = Object.entries(given).sort(byName);
  for (const [name, identity] of entries) {
    const why = identity === null ? null : whyNoIdentity(name, identity);
    if (why !== null) throw badRequest(`invalid identity for "${name}": ${why}`);
  }
  checkAction(action, entries);
  const present = entries.map(([name]) => name).filter((name) => identities.has(name));
  const absent = entries.map(([name]) => name).filter((name) => !identities.has(name));
  if (action === 'add' && present.length > 0) throw badRequest(`identities already exist: ${present.join(', ')}`);
  if ((action === 'update' || action === 'remove') && absent.length > 0) {
    throw badRequest(`identities do not exist: ${absent.join(', ')}`);
  }
  const changed = new Map<string, Identity | null>([...identities, ...entries]);
  const kept = [...changed].filter((entry): entry is [string, Identity] => entry[1] !== null);
  mustHaveOwnUserIds(kept);
  identities.clear();
  for (const [name, identity] of kept) identities.set(name, identity);
  return sync(undefined);
}

function checkAction(action: string, entries: readonly [string, Identity | null][]): void {
  if (!['add', 'update', 'replace', 'remove'].includes(action)) {
    throw badRequest(`invalid action "${action}", must be "add", "update", "replace", or "remove"`);
  }
  for (const [name, identity] of entries) {
    if (action === 'remove' && identity !== null) {
      throw badRequest(`identity value for "${name}" must be null for remove operation`);
    }
    if ((action === 'add' || action === 'update') && identity === null) {
      throw badRequest(`identity value for "${name}" must not be null for ${action} operation`);
    }
  }
}

function mustHaveOwnUserIds(identities: readonly [string, Identity][]): void {
  const owners = Map.groupBy(
    identities.filter(([, identity]) => identity.local),
    ([, identity]) => identity.local?.['user-id'],
  );
  for (const [userId, same] of owners) {
    if (same.length < 2) continue;
    const names = same.map(([name]) => name).sort();
    throw badRequest(`cannot have multiple identities with user ID ${userId} (${names.join(', ')})`);
  }
}

function masked(identity: Identity): Identity {
  return {
    ...identity,
    ...(identity.basic ? { basic: { password: '*****' } } : {}),
    ...(identity.cert ? { cert: { pem: '*****' } } : {}),
  };
}

function byName(a: readonly [string, unknown], b: readonly [string, unknown]): number {
  return a[0] < b[0] ? -1 : 1;
}
