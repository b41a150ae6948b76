/** A port that a worker could not listen on, and the process that has it. */
export interface TakenPort {
  readonly port: number;
  /** Empty strings where the process could not be seen: it is another user's, or in another container. */
  readonly pid: string;
  readonly program: string;
  /** The worker whose process it is, by its identity; empty for a process that is no worker of this charm. */
  readonly identity: string;
}

/** A socket that listens, as `/proc/net/tcp` has it. */
export interface Listener {
  readonly port: number;
  readonly inode: string;
}

const refusal = /address already in use|EADDRINUSE/i;
/** State of a listening socket in `/proc/net/tcp`. */
const listening = '0A';

/**
 * The ports that a worker's log complains of: those that the line names, else `usual`. None where no line of the log
 * says that an address is in use; the words are the C library's, which Python, Rust and Go hand on, and Node's.
 */
export function complainedPorts(log: readonly string[], usual: readonly number[]): readonly number[] {
  const line = log.findLast((text) => refusal.test(text));
  if (line === undefined) return [];
  const named = [...line.matchAll(/:(\d{2,5})\b/g)].map(([, port]) => Number(port)).filter((port) => port <= 65_535);
  return named.length > 0 ? named : usual;
}

/** Sockets that listen, of the text of `/proc/net/tcp` and `/proc/net/tcp6` (`man 5 proc_pid_net`). */
export function listeners(table: string): readonly Listener[] {
  return table.split('\n').flatMap((line) => {
    const [, local = '', , state, , , , , , inode = ''] = line.trim().split(/\s+/);
    const port = Number.parseInt(local.split(':')[1] ?? '', 16);
    return state === listening && port > 0 ? [{ port, inode }] : [];
  });
}

/** `port 9000 is taken by pid 7 (python3) of worker/0`. */
export function renderTakenPort({ port, pid, program, identity }: TakenPort): string {
  if (pid === '') return `port ${port} is taken by a process that cannot be seen from here`;
  const owner = identity === '' ? '' : ` of ${identity.replace(/@[^@]*$/, '')}`;
  return `port ${port} is taken by pid ${pid} (${program})${owner}`;
}
