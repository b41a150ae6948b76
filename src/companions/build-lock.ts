import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';

/**
 * Runs `work` while no other process of this user works under the same directory's lock. The lock is a listening
 * socket in Linux's abstract name space: the kernel gives it to one process and takes it back when that process ends,
 * however it ends, so there is never a stale lock; and who waits is woken by the end of a connection. `waiting` is
 * called once, if there is somebody to wait for.
 */
export async function withBuildLock<T>(
  directory: string,
  options: { readonly waiting?: () => void; readonly signal?: AbortSignal | undefined },
  work: () => Promise<T>,
): Promise<T> {
  const tag = createHash('sha256').update(directory).digest('hex').slice(0, 16);
  const path = `\0charmlet-build-${process.getuid?.() ?? 0}-${tag}`;
  let said = false;
  for (;;) {
    options.signal?.throwIfAborted();
    const release = await take(path);
    if (release) {
      try {
        return await work();
      } finally {
        release();
      }
    }
    if (!said) options.waiting?.();
    said = true;
    await holderGone(path, options.signal);
  }
}

/** Takes the lock; undefined when another process has it. */
async function take(path: string): Promise<(() => void) | undefined> {
  const waiters = new Set<{ destroy(): void }>();
  const server = createServer((socket) => {
    waiters.add(socket);
    socket.on('error', () => {}).on('close', () => waiters.delete(socket));
  });
  try {
    server.listen({ path });
    await once(server, 'listening');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') return undefined;
    throw error;
  }
  return () => {
    server.close();
    for (const socket of waiters) socket.destroy();
  };
}

/** Resolves when the holder's end of the connection is gone, or at once when there is no holder any more. */
function holderGone(path: string, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect({ path });
    const abort = () => socket.destroy();
    signal?.addEventListener('abort', abort, { once: true });
    if (signal?.aborted) abort();
    socket.on('error', () => {}).resume();
    socket.once('close', () => {
      signal?.removeEventListener('abort', abort);
      resolve();
    });
  });
}
