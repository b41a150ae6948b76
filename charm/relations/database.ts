import type { Variable } from '../environment/variable.ts';
import { lasting, type Problem, waitingFor } from '../problem.ts';
import type { Text } from '../secret.ts';
import type { Config } from '../types.ts';
import { bring, type DatabagWrite, type DatabaseRelation, type Relations } from './facts.ts';

/** How the worker gets at its database. */
export interface DatabasePlace {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly user: Text;
  readonly password: Text;
  /** As the server told it: `True`, or empty where it said nothing. */
  readonly tls: Text;
  /** In PEM; empty where the server told none. */
  readonly ca: Text;
}

/** What the relation asks for beyond the plain fields; the order is that of the published library. */
const requestedSecrets = '["username", "password", "tls", "tls-ca", "uris"]';

/** What interface `postgresql_client` asks of the requirer's leader. A new name is told too; most servers keep the first. */
export function databaseWrites({ database }: Pick<Relations, 'database'>, config: Config): readonly DatabagWrite[] {
  const name = databaseName(config);
  if (database === null || database.own === null || name === '') return [];
  const data = { database: name, 'requested-secrets': requestedSecrets };
  return bring(database.own, { relationId: database.id, application: true, data });
}

/** The way to the database, or what is in it; null: not related. `application` is for the command to type. */
export function databasePlace(
  { database }: Pick<Relations, 'database'>,
  { config, application }: { readonly config: Config; readonly application: string },
): DatabasePlace | Problem | null {
  if (database === null) return null;
  const name = databaseName(config);
  if (name === '') return lasting(`Invalid config: db name value missing — run: config ${application} db-name=NAME`);
  const waiting = (why: string) => waitingFor(`waiting for database: ${database.application} ${why}`);
  const user = credential(database, 'username');
  const password = credential(database, 'password');
  if (user === null || password === null) return waiting(missingCredentials(database));
  const address = firstEndpoint(database.data.endpoints ?? '');
  if (address === null)
    return waiting(
      database.data.endpoints
        ? `told endpoints that are none: ${JSON.stringify(database.data.endpoints.slice(0, 80))}`
        : 'has not told its endpoints yet',
    );
  const [tls, ca] = [credential(database, 'tls') ?? '', credential(database, 'tls-ca') ?? ''];
  return { name, ...address, user, password, tls, ca };
}

export function isDatabasePlace(found: DatabasePlace | Problem | null): found is DatabasePlace {
  return found !== null && 'password' in found;
}

/** As charm 1.0 named them; the name itself is an option. */
export function databaseVariables({ host, port, user, password, tls }: DatabasePlace): readonly Variable[] {
  const values = { HOST: host, PORT: String(port), USER: user, PASSWORD: password, TLS: tls };
  return Object.entries(values).map(([name, value]) => ({
    name: `TEMPORAL_DB_${name}`,
    value,
    source: 'relation database',
  }));
}

function databaseName(config: Config): string {
  return String(config['db-name'] ?? '').trim();
}

/** From the secrets that the server granted, else from its databag, where servers put it that know no secrets. */
function credential({ user, tls, plain }: DatabaseRelation, key: string): Text | null {
  const found = [user, tls].flatMap((answer) => (answer?.kind === 'content' ? (answer.content[key] ?? []) : []));
  return found[0] ?? plain[key] ?? null;
}

function missingCredentials({ user }: DatabaseRelation): string {
  switch (user?.kind) {
    case 'not found':
      return 'told a secret that is not there';
    case 'not granted':
      return 'has not granted its secret yet';
    case 'unknown':
      return `gave a secret that cannot be read: ${user.why}`;
    case 'content':
      return 'gave a secret without username or password';
    default:
      return 'has not given credentials yet';
  }
}

/** The first of `host:port,host:port`, which is the primary's; an IPv6 address stands in brackets. */
function firstEndpoint(endpoints: string): { readonly host: string; readonly port: number } | null {
  const [, inBrackets, plain, port = ''] =
    /^(?:\[([0-9A-Fa-f:.%]+)\]|([^\s:/@?#,[\]]+)):(\d{1,5})$/.exec(endpoints.split(',')[0]?.trim() ?? '') ?? [];
  const host = inBrackets ?? plain;
  const number = Number(port);
  return host !== undefined && number >= 1 && number <= 65_535 ? { host, port: number } : null;
}
