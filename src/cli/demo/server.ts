import { createServer } from 'node:net';
import type { Status } from '../../controller/api.ts';
import { Failure } from '../failure.ts';

/** The port of the demo's own server when nothing else is on it; sample/config.yaml names it. */
export const usualPort = 7233;
const usualUiPort = 8233;

/** `--config` words for deploying the server: other ports for those that somebody else has. */
export async function portOptions(): Promise<{ words: string[]; taken: number[] }> {
  const words: string[] = [];
  const taken: number[] = [];
  for (const [option, port] of [
    ['port', usualPort],
    ['ui-port', usualUiPort],
  ] as const) {
    if (await isFree(port)) continue;
    taken.push(port);
    words.push('--config', `${option}=${(await isFree(port + 10_000)) ? port + 10_000 : await anyFreePort()}`);
  }
  return { words, taken };
}

/** `host:port` of the server that the application runs, read from the model and never guessed. */
export function addressOf(status: Status, application: string): string {
  const [unit] = Object.values(status.applications[application]?.units ?? {});
  const ports = (unit?.['open-ports'] ?? []).flatMap((port) => /^(\d+)\/tcp$/.exec(port)?.[1] ?? []);
  const port = ports.includes(String(usualPort)) ? String(usualPort) : ports[0];
  if (!unit || !port || unit['workload-status'].current !== 'active') {
    const now = unit
      ? [unit['workload-status'].current, unit['workload-status'].message].filter(Boolean).join(': ')
      : 'not there';
    throw new Failure(
      `cannot go on with the demo: ${application} has no server that listens (it is ${now}; the demo uses no server but its own)`,
    );
  }
  return `${isLoopback(unit.address) ? 'localhost' : unit.address}:${port}`;
}

/** Whether two addresses mean the same server of this machine. */
export function sameServer(a: string, b: string): boolean {
  const normal = (address: string) => {
    const [host = '', port = String(usualPort)] = address.split(':');
    return `${isLoopback(host) || host === '' ? 'localhost' : host}:${port}`;
  };
  return normal(a) === normal(b);
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host.startsWith('127.');
}

function isFree(port: number): Promise<boolean> {
  return listen(port).then(
    () => true,
    () => false,
  );
}

function anyFreePort(): Promise<number> {
  return listen(0);
}

/** Listens for a moment and resolves to the port. */
function listen(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : port));
    });
  });
}
