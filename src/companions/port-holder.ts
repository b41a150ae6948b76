import { readdir, readFile, readlink } from 'node:fs/promises';
import { basename } from 'node:path';

/** Who listens on a TCP port of this machine. */
export interface PortHolder {
  /** Absent when the process belongs to another user and we may not look. */
  readonly pid?: number;
  /** The program's name without its directory. */
  readonly name?: string;
  readonly argv: readonly string[];
}

/** Kernel's number of the state in which a socket accepts connections. */
const listening = '0A';

/**
 * The process that keeps others from listening on 127.0.0.1 at this port, read from /proc/net/tcp and tcp6; undefined
 * when the port is free.
 */
export async function portHolder(port: number): Promise<PortHolder | undefined> {
  const tables = await Promise.all(
    ['/proc/net/tcp', '/proc/net/tcp6'].map((file) => readFile(file, 'utf8').catch(() => '')),
  );
  const inodes = new Set(tables.flatMap((table) => table.split('\n').slice(1)).flatMap((row) => inodeIn(row, port)));
  if (inodes.size === 0) return undefined;
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const owners = await Promise.all(pids.map(async (pid) => ((await holds(pid, inodes)) ? pid : undefined)));
  const pid = owners.find((owner) => owner !== undefined);
  if (pid === undefined) return { argv: [] };
  const [comm, cmdline] = await Promise.all(
    ['comm', 'cmdline'].map((file) => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '')),
  );
  const argv = cmdline!.split('\0').slice(0, -1);
  // Node renames its threads, and some servers write sentences into their first argument.
  const name = basename(argv[0] ?? '').split(/[\s:]/)[0] || comm!.trim();
  return { pid, name, argv };
}

/** The process that has the port and is no server of the unit with this directory: such a one is known by its arguments. */
export async function foreignHolder(port: number, dataDir: string): Promise<PortHolder | undefined> {
  const holder = await portHolder(port);
  return holder?.argv.some((word) => word.includes(`${dataDir}/`)) ? undefined : holder;
}

/** Why the application's server cannot run, and what to do. */
export function portTaken(port: number, holder: PortHolder, application: string): string {
  const taken = `port taken by ${describeHolder(holder)}`;
  return `cannot listen on 127.0.0.1:${port}: ${taken} (charmlet config ${application} port=<free port>)`;
}

/** `pid 123 (temporal)`, for messages. */
export function describeHolder(holder: PortHolder): string {
  return holder.pid === undefined ? "another user's process" : `pid ${holder.pid} (${holder.name})`;
}

/** The inode of a row's socket if it listens on that port at an address that covers 127.0.0.1. */
function inodeIn(row: string, port: number): string[] {
  const [, local = '', , state, , , , , , inode = ''] = row.trim().split(/\s+/);
  const [address = '', hexPort = ''] = local.split(':');
  const covers = ['0100007F', '00000000', '0'.repeat(32), '0000000000000000FFFF00000100007F'].includes(address);
  return state === listening && covers && Number.parseInt(hexPort, 16) === port ? [inode] : [];
}

async function holds(pid: number, inodes: ReadonlySet<string>): Promise<boolean> {
  const files = await readdir(`/proc/${pid}/fd`).catch(() => []);
  const links = await Promise.all(files.map((fd) => readlink(`/proc/${pid}/fd/${fd}`).catch(() => '')));
  return links.some((link) => inodes.has(/^socket:\[(\d+)\]$/.exec(link)?.[1] ?? ''));
}
