import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from 'pg';
import { administrator, readAuthority } from './cluster.ts';
import { nextAdministrator, readPasswords } from './passwords.ts';

/** How to reach our server as its administrator. */
export interface Server {
  readonly port: number;
  readonly dataDir: string;
}

/** Runs one statement; the values of `$1` … are sent apart from it. */
export type Query = (text: string, values?: readonly unknown[]) => Promise<readonly Record<string, unknown>[]>;

/** Works in one database as the administrator, over TLS. Rejects when the server does not answer within 5 s. */
export async function withDatabase<T>(
  server: Server,
  database: string,
  work: (query: Query) => Promise<T>,
): Promise<T> {
  const passwords = await readPasswords(server.dataDir);
  const client = await connect(server, database, passwords[administrator] ?? '').catch((error) => {
    const next = passwords[nextAdministrator];
    if (next === undefined || error.code !== wrongPassword) throw error;
    return connect(server, database, next);
  });
  try {
    return await work(async (text, values) => (await client.query(text, values ? [...values] : undefined)).rows);
  } finally {
    await client.end().catch(() => {});
  }
}

/** PostgreSQL's code of the error. */
const wrongPassword = '28P01';

async function connect({ port, dataDir }: Server, database: string, password: string): Promise<Client> {
  const [{ default: pg }, ca] = await Promise.all([import('pg'), readAuthority(dataDir)]);
  const client = new pg.Client({
    host: '127.0.0.1',
    port,
    database,
    user: administrator,
    password,
    ssl: { ca },
    connectionTimeoutMillis: 5000,
    query_timeout: 30_000,
    application_name: 'charmlet',
  });
  // A connection that is lost between two statements is told by the next one.
  client.on('error', () => {});
  await client.connect();
  return client;
}

/** Waits until the server takes connections; answers why it does not. There is no event for it, so it is asked 10 times a second. */
export async function waitForServer(server: Server, timeoutMs: number): Promise<string | undefined> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    try {
      await withDatabase(server, 'postgres', (query) => query('SELECT 1'));
      return undefined;
    } catch (error) {
      if (Date.now() >= deadline) return (error as Error).message;
      await sleep(100);
    }
  }
}

/** A name as SQL wants it. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A text as SQL wants it, for statements that take no values apart. */
export function literal(text: string): string {
  const quoted = `'${text.replaceAll("'", "''").replaceAll('\\', '\\\\')}'`;
  return text.includes('\\') ? `E${quoted}` : quoted;
}
