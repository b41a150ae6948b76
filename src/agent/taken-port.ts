import { readdir, readFile, readlink } from 'node:fs/promises';
import { identityVariable } from '../../charm/environment/environment.ts';
import { serviceName } from '../../charm/layer.ts';
import { complainedPorts, type Listener, listeners, type TakenPort } from '../../charm/taken-port.ts';
import { PebbleClient } from '../pebble/client.ts';
import { pebbleTimeoutMs } from './workload-facts.ts';

/** Lines of the log that belong to the worker's last end. */
const lastLines = 40;

/**
 * Why the worker of this unit could not listen: its log says that an address is in use, and another process has the
 * port. Null where either is not so. `usual` are the ports it was told of; `identity` is its own. Looked for beside the
 * charm, which shares the worker's network: in a pod its processes are not seen, on one machine all of this user are.
 */
export async function readTakenPort(
  socket: string,
  { usual, identity }: { readonly usual: readonly number[]; readonly identity: string },
): Promise<TakenPort | null> {
  const log = await new PebbleClient({ socket, timeoutMs: pebbleTimeoutMs }).logs({
    services: [serviceName],
    n: lastLines,
  });
  const ports = complainedPorts(
    log.map(({ message }) => message),
    usual,
  );
  if (ports.length === 0) return null;
  const tables = await Promise.all(['tcp', 'tcp6'].map((table) => text(`/proc/net/${table}`)));
  const open = listeners(tables.join('\n')).filter(({ port }) => ports.includes(port));
  if (open.length === 0) return null;
  const holders = await Promise.all((await pidsOf(open)).map(describe));
  if (holders.length === 0) return { port: open[0]?.port ?? 0, pid: '', program: '', identity: '' };
  return holders.find((holder) => holder.identity !== identity) ?? null;
}

/** The processes that have these sockets among their files, the oldest first: a parent hands its sockets on. */
async function pidsOf(open: readonly Listener[]): Promise<readonly { readonly port: number; readonly pid: string }[]> {
  const ports = new Map(open.map(({ inode, port }) => [`socket:[${inode}]`, port]));
  const pids = (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry));
  const found = await Promise.all(
    pids.map(async (pid) => {
      const files = await readdir(`/proc/${pid}/fd`).catch(() => []);
      const links = await Promise.all(files.map((file) => readlink(`/proc/${pid}/fd/${file}`).catch(() => '')));
      const port = links.map((link) => ports.get(link)).find((each) => each !== undefined);
      return port === undefined ? [] : [{ port, pid }];
    }),
  );
  return found.flat().sort((a, b) => Number(a.pid) - Number(b.pid));
}

async function describe({ port, pid }: { readonly port: number; readonly pid: string }): Promise<TakenPort> {
  const [program, environ] = await Promise.all([text(`/proc/${pid}/comm`), text(`/proc/${pid}/environ`)]);
  const line = environ.split('\0').find((each) => each.startsWith(`${identityVariable}=`)) ?? '';
  return { port, pid, program: program.trim(), identity: line.slice(identityVariable.length + 1) };
}

function text(file: string): Promise<string> {
  return readFile(file, 'utf8').catch(() => '');
}
