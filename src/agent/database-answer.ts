import type { DatabasePlace } from '../../charm/relations/database.ts';
import type { DatabaseAnswer } from '../../charm/relations/facts.ts';
import { reveal } from '../../charm/secret.ts';

/** How long the database may take to let somebody in. */
const timeoutMs = 2000;

/** Classes of PostgreSQL's error codes by which it refuses somebody: authorization, and a database that is not there. */
const refusals = /^(28|3D|42501)/;

/** Logs in as the worker does and leaves again. Whatever happens is an answer; none holds a secret's text. */
export async function askDatabase(place: DatabasePlace): Promise<DatabaseAnswer> {
  const { Client } = (await import('pg')).default;
  const [tls, ca] = [reveal(place.tls).toLowerCase() === 'true', reveal(place.ca)];
  const password = reveal(place.password);
  const client = new Client({
    host: place.host,
    port: place.port,
    database: place.name,
    user: reveal(place.user),
    password,
    connectionTimeoutMillis: timeoutMs,
    query_timeout: timeoutMs,
    // Addresses of pods and of one machine change, and the server's certificate need not name them.
    ssl: tls && (ca === '' ? { rejectUnauthorized: false } : { ca, checkServerIdentity: () => undefined }),
  });
  // A server that goes away later says so by an event.
  client.on('error', () => undefined);
  try {
    await client.connect();
    return { outcome: 'open' };
  } catch (error) {
    const { code = '', message } = error as Error & { code?: string };
    const why = (message || code || 'no answer').replaceAll(/\s+/g, ' ').trim();
    const told = password === '' ? why : why.replaceAll(password, '***');
    return { outcome: refusals.test(code) ? 'refused' : 'unreachable', why: told };
  } finally {
    await client.end().catch(() => undefined);
  }
}
