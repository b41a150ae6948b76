import { reveal } from '../../charm/secret.ts';
import { tlsDirectory, type WorkloadFile } from '../../charm/tls.ts';
import { PebbleClient } from '../pebble/client.ts';
import { pebbleTimeoutMs } from './workload-facts.ts';

/** Makes these the charm's own files in the workload: each is replaced as a whole, and what else is there goes. */
export async function writeFiles(socket: string, files: readonly WorkloadFile[]): Promise<void> {
  const client = new PebbleClient({ socket, timeoutMs: pebbleTimeoutMs });
  if (files.length === 0) return client.removePath(tlsDirectory, { recursive: true });
  await client.makeDir(tlsDirectory, { makeParents: true, permissions: '700' });
  for (const { path, text } of files) await client.pushFile(path, reveal(text), { permissions: '600' });
  const wanted = new Set(files.map(({ path }) => path));
  for (const { path } of await client.listFiles(tlsDirectory)) {
    if (!wanted.has(path)) await client.removePath(path);
  }
}
