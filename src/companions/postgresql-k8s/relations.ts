import {
  type Databag,
  type HookCommandRunner,
  isLeader,
  relationGet,
  relationIds,
  relationRemoteApp,
  relationSet,
} from '../../hookcmds/index.ts';
import { newPassword } from '../new-password.ts';
import { publishSecret, withdrawSecret } from '../owned-secret.ts';
import { readPasswords, writePasswords } from './passwords.ts';
import { connectionUri, type DatabaseRequest, divide, parseRequest, type SecretGroup } from './requests.ts';
import { type Server, withDatabase } from './sql.ts';
import { dropUser, ensureUser, unknownRoles } from './users.ts';

export const endpoint = 'database';

export interface ServingFacts {
  /** `postgresql-k8s`. */
  readonly application: string;
  readonly server: Server;
  /** `15.13`. */
  readonly version: string;
  /** The certificate that the server's is verified by, in PEM. */
  readonly authority: string;
  /** `database:3`: the relation that this event says is broken; nothing is written there any more. */
  readonly broken: string | undefined;
}

/** The label by which the owner finds a relation's secret again: the one that the Python library gives. */
const labelOf = (relationId: string, group: SecretGroup): string => `${relationId.replace(':', '.')}.${group}.secret`;

/** The user of a relation, by the charm's rule. */
export const userOf = (relationId: string): string => `relation_id_${relationId.split(':')[1]}`;

/**
 * Gives every related application its database, its user and its credentials, and takes away the users of relations
 * that are gone. Only the leader does. Answers what could not be done; on unchanged facts nothing is written.
 */
export async function serveRelations(tools: HookCommandRunner, facts: ServingFacts): Promise<readonly string[]> {
  if (!(await isLeader(tools))) return [];
  const living = (await relationIds(tools, endpoint)).filter((id) => id !== facts.broken);
  await removeStrangers(tools, living, facts);
  const problems: string[] = [];
  for (const relationId of living) {
    const remoteApp = await relationRemoteApp(tools, relationId);
    if (remoteApp === null) continue;
    const bag = await relationGet(tools, { relationId, entity: remoteApp, application: true });
    const request = parseRequest(bag);
    if (!request) continue;
    const problem = 'problem' in request ? request.problem : await serve(tools, { relationId, request, bag, facts });
    // Without the relation's name where the charm has none either: others compare its words.
    if (problem) problems.push(problem);
  }
  return [...new Set(problems)];
}

interface Serving {
  readonly relationId: string;
  readonly request: DatabaseRequest;
  readonly bag: Databag;
  readonly facts: ServingFacts;
}

async function serve(tools: HookCommandRunner, { relationId, request, bag, facts }: Serving) {
  const { server, application } = facts;
  const unknown = await withDatabase(server, 'postgres', (query) => unknownRoles(query, request.extraRoles));
  if (unknown.length > 0) return 'invalid role(s) for extra user roles';
  const { database } = request;
  const username = userOf(relationId);
  const password = await passwordOf(server.dataDir, username);
  await ensureUser(server, { name: username, password, database, extraRoles: request.extraRoles });
  const at = `127.0.0.1:${server.port}`;
  const uris = connectionUri({ username, password, endpoint: at, database });
  const credentials = { username, password, uris, tls: 'True', 'tls-ca': facts.authority };
  const { secrets, plain } = divide(credentials, request.requestedSecrets);
  const now = await relationGet(tools, { relationId, entity: application, application: true });
  const uriOf: Record<string, string> = {};
  for (const [group, content] of Object.entries(secrets) as [SecretGroup, Databag][]) {
    const key = `secret-${group}`;
    const label = labelOf(relationId, group);
    const published = { label, relationId, content, uri: now[key], scratchDir: server.dataDir };
    uriOf[key] = await publishSecret(tools, published);
  }
  const { data: _diff, ...asked } = bag;
  const wanted: Databag = {
    ...plain,
    ...uriOf,
    // What the library on this side keeps to tell changes; requirers do not read it.
    data: JSON.stringify(Object.fromEntries(Object.entries(asked).sort(([a], [b]) => (a < b ? -1 : 1)))),
    database,
    endpoints: at,
    'read-only-endpoints': at,
    version: facts.version,
  };
  const gone = Object.keys(now).filter((key) => !(key in wanted));
  const changes = Object.entries({ ...wanted, ...Object.fromEntries(gone.map((key) => [key, ''])) }).filter(
    ([key, value]) => (now[key] ?? '') !== value,
  );
  if (changes.length > 0) {
    await relationSet(tools, { relationId, application: true, data: Object.fromEntries(changes) });
  }
  return undefined;
}

async function passwordOf(dataDir: string, user: string): Promise<string> {
  const passwords = await readPasswords(dataDir);
  if (passwords[user]) return passwords[user];
  const password = newPassword();
  await writePasswords(dataDir, { ...passwords, [user]: password });
  return password;
}

async function removeStrangers(tools: HookCommandRunner, living: readonly string[], facts: ServingFacts) {
  const { server } = facts;
  const users = new Set(living.map(userOf));
  for (const user of Object.keys(await readPasswords(server.dataDir))) {
    if (!user.startsWith('relation_id_') || users.has(user)) continue;
    await dropUser(server, user);
    const relationId = `${endpoint}:${user.slice('relation_id_'.length)}`;
    for (const group of ['user', 'tls'] as const) await withdrawSecret(tools, labelOf(relationId, group));
    const { [user]: _gone, ...rest } = await readPasswords(server.dataDir);
    await writePasswords(server.dataDir, rest);
  }
}
