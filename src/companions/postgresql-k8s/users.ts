import { isPasswordOf, scramVerifier } from './passwords.ts';
import { identifier, literal, type Query, type Server, withDatabase } from './sql.ts';

/** A user that serves one relation. */
export interface WantedUser {
  /** `relation_id_7`, as the charm for Kubernetes names it. */
  readonly name: string;
  readonly password: string;
  readonly database: string;
  /** What the requirer's `extra-user-roles` asks for, in lower case. */
  readonly extraRoles: readonly string[];
}

/** Members may do in every database what its owner may; the charm has a role of this name and meaning. */
const adminRole = 'admin';
const attributes = { createdb: 'rolcreatedb', createrole: 'rolcreaterole', superuser: 'rolsuper' } as const;
type Attribute = keyof typeof attributes;
const isAttribute = (role: string): role is Attribute => role in attributes;

/** The group that owns a database, so that what one of its users made is there for the next. */
export const ownerOf = (database: string): string => `charmed_${database}_owner`;

/** Which of the roles that a requirer asks for there are not. */
export async function unknownRoles(query: Query, roles: readonly string[]): Promise<readonly string[]> {
  const rows = await query("SELECT rolname FROM pg_roles WHERE rolname = $1 OR rolname LIKE 'pg\\_%'", [adminRole]);
  const known = new Set([adminRole, ...rows.map((row) => row.rolname as string)]);
  return roles.filter((role) => !isAttribute(role) && !known.has(role));
}

/** Makes the database with its owner, and the user with its rights and password. Changes nothing that is right already. */
export async function ensureUser(server: Server, user: WantedUser): Promise<void> {
  await withDatabase(server, 'postgres', async (query) => {
    await ensureGroup(query, adminRole, ['pg_read_all_data', 'pg_write_all_data']);
    await ensureDatabase(query, user.database);
    await ensureRole(query, user);
  });
  await withDatabase(server, user.database, (query) => shareObjects(query, user));
}

/** Gives an existing user another password. Open connections stay. */
export async function setPassword(server: Server, name: string, password: string): Promise<void> {
  await withDatabase(server, 'postgres', (query) =>
    query(`ALTER ROLE ${identifier(name)} PASSWORD ${literal(scramVerifier(password))}`),
  );
}

/** Ends the user's connections and removes the user; the databases stay, with all that is in them. */
export async function dropUser(server: Server, name: string): Promise<void> {
  const role = identifier(name);
  const databases = await withDatabase(server, 'postgres', async (query) => {
    if (!(await exists(query, name))) return [];
    await query(`ALTER ROLE ${role} NOLOGIN`);
    await query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = $1', [name]);
    const rows = await query(
      'SELECT datname, pg_get_userbyid(datdba) = $1 AS own FROM pg_database WHERE datallowconn',
      [name],
    );
    // A database that the user made goes to the administrator; else the first reassignment would take it along.
    for (const { datname, own } of rows) {
      if (own) await query(`ALTER DATABASE ${identifier(String(datname))} OWNER TO CURRENT_USER`);
    }
    return rows.map((row) => String(row.datname));
  });
  for (const database of databases) {
    await withDatabase(server, database, async (query) => {
      const heir = (await exists(query, ownerOf(database))) ? identifier(ownerOf(database)) : 'CURRENT_USER';
      await query(`REASSIGN OWNED BY ${role} TO ${heir}`);
      await query(`DROP OWNED BY ${role}`);
    });
  }
  await withDatabase(server, 'postgres', (query) => query(`DROP ROLE IF EXISTS ${role}`));
}

async function ensureDatabase(query: Query, database: string): Promise<void> {
  const owner = ownerOf(database);
  await ensureGroup(query, owner, []);
  await ensureMember(query, adminRole, owner);
  const [found] = await query('SELECT pg_get_userbyid(datdba) AS owner FROM pg_database WHERE datname = $1', [
    database,
  ]);
  if (!found) await query(`CREATE DATABASE ${identifier(database)} OWNER ${identifier(owner)}`);
  if (found && found.owner !== owner) {
    await query(`ALTER DATABASE ${identifier(database)} OWNER TO ${identifier(owner)}`);
  }
  // What a new database allows everybody: to connect, and to make temporary tables.
  const [open] = await query("SELECT has_database_privilege('public', $1, 'CONNECT') AS is", [database]);
  if (open?.is) await query(`REVOKE ALL ON DATABASE ${identifier(database)} FROM PUBLIC`);
}

async function ensureGroup(query: Query, name: string, memberOf: readonly string[]): Promise<void> {
  if (!(await exists(query, name))) await query(`CREATE ROLE ${identifier(name)} NOLOGIN`);
  for (const group of memberOf) await ensureMember(query, name, group);
}

async function ensureRole(query: Query, { name, password, database, extraRoles }: WantedUser): Promise<void> {
  const role = identifier(name);
  if (!(await exists(query, name))) await query(`CREATE ROLE ${role} LOGIN`);
  const [now = {}] = await query('SELECT * FROM pg_authid WHERE rolname = $1', [name]);
  if (!isPasswordOf(now.rolpassword as string | null, password) || !now.rolcanlogin) {
    await query(`ALTER ROLE ${role} LOGIN PASSWORD ${literal(scramVerifier(password))}`);
  }
  const wanted = new Set<string>([...extraRoles, ...(extraRoles.includes(adminRole) ? ['createdb'] : [])]);
  for (const [attribute, column] of Object.entries(attributes)) {
    if (now[column] === wanted.has(attribute)) continue;
    await query(`ALTER ROLE ${role} ${wanted.has(attribute) ? '' : 'NO'}${attribute.toUpperCase()}`);
  }
  const groups = [ownerOf(database), ...extraRoles.filter((each) => !isAttribute(each))];
  for (const group of groups) await ensureMember(query, name, group);
  const rows = await query(
    'SELECT pg_get_userbyid(roleid) AS name FROM pg_auth_members WHERE member = to_regrole($1)',
    [role],
  );
  for (const { name: group } of rows) {
    if (!groups.includes(String(group))) await query(`REVOKE ${identifier(String(group))} FROM ${role}`);
  }
}

/** What the user makes is the database's owner's to use as well, and so every other user's of the same database. */
async function shareObjects(query: Query, { name, database }: WantedUser): Promise<void> {
  const owner = identifier(ownerOf(database));
  const [schema] = await query("SELECT has_schema_privilege($1, 'public', 'CREATE') AS can", [ownerOf(database)]);
  if (!schema?.can) await query(`GRANT ALL ON SCHEMA public TO ${owner}`);
  const shared = await query('SELECT 1 FROM pg_default_acl WHERE defaclrole = to_regrole($1)', [identifier(name)]);
  const kinds = ['TABLES', 'SEQUENCES', 'FUNCTIONS', 'TYPES', 'SCHEMAS'];
  if (shared.length === kinds.length) return;
  for (const kind of kinds) {
    await query(`ALTER DEFAULT PRIVILEGES FOR ROLE ${identifier(name)} GRANT ALL ON ${kind} TO ${owner}`);
  }
}

async function ensureMember(query: Query, member: string, group: string): Promise<void> {
  const rows = await query('SELECT 1 FROM pg_auth_members WHERE member = to_regrole($1) AND roleid = to_regrole($2)', [
    identifier(member),
    identifier(group),
  ]);
  if (rows.length === 0) await query(`GRANT ${identifier(group)} TO ${identifier(member)}`);
}

async function exists(query: Query, role: string): Promise<boolean> {
  return (await query('SELECT 1 FROM pg_roles WHERE rolname = $1', [role])).length > 0;
}
