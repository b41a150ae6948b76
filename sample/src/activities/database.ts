import { readFile } from 'node:fs/promises';
import type { Client } from 'pg';
import { setting } from './setting.ts';

const remedy = 'relate the worker to a database: docs/how-to/use-a-database.md';
const timeoutMs = 5000;

/** A greeting as it stands in the database, with the worker that put it there. */
export interface StoredGreeting {
  readonly id: number;
  readonly name: string;
  readonly worker: string;
}

/** Puts a greeting into the table `greetings`, which it makes when it is missing, and answers its number. */
export async function storeGreeting(name: string): Promise<number> {
  return await inDatabase(async (client) => {
    await client.query(
      'create table if not exists greetings (id integer generated always as identity, name text, worker text)',
    );
    const values = [name, process.env.TEMPORAL_WORKER_IDENTITY ?? ''];
    const { rows } = await client.query('insert into greetings (name, worker) values ($1, $2) returning id', values);
    return rows[0].id;
  });
}

/** Reads that greeting back. */
export async function loadGreeting(id: number): Promise<StoredGreeting> {
  return await inDatabase(async (client) => {
    const { rows } = await client.query('select id, name, worker from greetings where id = $1', [id]);
    return rows[0];
  });
}

/** Connects with what the relation says at this start of the worker: when a value changes, the charm restarts it. */
async function inDatabase<T>(use: (client: Client) => Promise<T>): Promise<T> {
  // Takes a while to load, and a worker that never asks a database should not wait for it.
  const { default: pg } = await import('pg');
  const client = new pg.Client({
    host: setting('TEMPORAL_DB_HOST', remedy),
    port: Number(setting('TEMPORAL_DB_PORT', remedy)),
    database: setting('TEMPORAL_DB_NAME', remedy),
    user: setting('TEMPORAL_DB_USER', remedy),
    password: setting('TEMPORAL_DB_PASSWORD', remedy),
    connectionTimeoutMillis: timeoutMs,
    query_timeout: timeoutMs,
    ssl: await tls(),
  });
  // A connection that breaks between two queries fails the next one; unheard it would end the process.
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}

/** Encrypted where the server can; its certificate is verified where libpq's own variable names a CA. */
async function tls(): Promise<false | { readonly rejectUnauthorized: boolean; readonly ca?: string }> {
  if (process.env.TEMPORAL_DB_TLS?.toLowerCase() !== 'true') return false;
  const { PGSSLROOTCERT } = process.env;
  if (!PGSSLROOTCERT) return { rejectUnauthorized: false };
  return { rejectUnauthorized: true, ca: await readFile(PGSSLROOTCERT, 'utf8') };
}
