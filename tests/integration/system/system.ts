import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Status, UnitStatus } from '../../../src/controller/api.ts';

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export const checkout = resolve(import.meta.dirname, '../../..');
const cli = [join(checkout, 'src/bin/charmlet.ts')];

/** A charmlet of its own in a fresh data directory, driven by the verbs that a user types. `close` destroys it. */
export class System {
  readonly root: string;
  readonly data: string;
  readonly env: NodeJS.ProcessEnv;

  constructor(options: { env?: NodeJS.ProcessEnv; data?: string } = {}) {
    this.root = mkdtempSync(join(tmpdir(), 'charmlet-test-'));
    this.data = options.data ?? join(this.root, 'data');
    const { NODE_OPTIONS: _options, NODE_EXTRA_CA_CERTS: _certs, XDG_RUNTIME_DIR: _runtime, ...rest } = process.env;
    const cache =
      rest.CHARMLET_CACHE ?? join(rest.XDG_CACHE_HOME ?? join(rest.HOME ?? homedir(), '.cache'), 'charmlet');
    this.env = {
      ...rest,
      CHARMLET_DATA: this.data,
      CHARMLET_CACHE: cache,
      NODE_COMPILE_CACHE: join(cache, 'compile'),
      NO_COLOR: '1',
      ...options.env,
    };
  }

  /** Runs one verb to its end, whatever its exit code. */
  run(...args: readonly string[]): Promise<Ran> {
    return command(process.execPath, [...cli, ...args], { env: this.env });
  }

  /** Runs one verb that has to succeed, and gives its stdout. */
  async do(...args: readonly string[]): Promise<string> {
    const ran = await this.run(...args);
    if (ran.code !== 0)
      throw new Error(`charmlet ${args.join(' ')}: exit ${ran.code}\n${ran.stdout}${ran.stderr}\n${await this.tail()}`);
    return ran.stdout;
  }

  /** Starts a verb that goes on, such as `debug-log --tail`. */
  start(...args: readonly string[]): ChildProcess {
    return spawn(process.execPath, [...cli, ...args], { env: this.env, stdio: ['ignore', 'pipe', 'pipe'] });
  }

  async status(): Promise<Status> {
    return JSON.parse(await this.do('status', '--format', 'json'));
  }

  async unit(name: string): Promise<UnitStatus> {
    const application = name.split('/')[0] ?? '';
    const unit = (await this.status()).applications[application]?.units?.[name];
    if (!unit) throw new Error(`there is no unit ${name}`);
    return unit;
  }

  /**
   * Waits by charmlet's own event-driven verb until the query holds of the unit; shows the log when it does not. What
   * held before a change holds for a moment after it too: there the query has to name what is new.
   */
  async waitForUnit(unit: string, query: string): Promise<void> {
    await this.do('wait-for', 'unit', unit, '--query', query, '--timeout', '150s');
  }

  /** Waits until the unit's workload has this message. */
  async waitForMessage(unit: string, message: string): Promise<void> {
    await this.waitForUnit(unit, `workload-message==${JSON.stringify(message)}`);
  }

  /** Waits until the message of the unit's workload has this text in it; gives all of its status. */
  async waitForWords(unit: string, words: string): Promise<UnitStatus['workload-status']> {
    let seen: UnitStatus['workload-status'] | undefined;
    return until(`${unit} says "${words}"`, 150_000, async () => {
      seen = (await this.unit(unit))['workload-status'];
      return seen.message?.includes(words) ? seen : undefined;
    }).catch((error: Error) => {
      throw new Error(`${error.message}; it says ${JSON.stringify(seen)}`);
    });
  }

  /** Relates applications again; a relation that was removed a moment ago may still be on its way out. */
  async relateAgain(one: string, other: string): Promise<void> {
    await until(`${one} is related to ${other} again`, 150_000, async () =>
      (await this.run('integrate', one, other)).code === 0 ? true : undefined,
    );
  }

  async debugLog(): Promise<string> {
    return (await this.run('debug-log', '--replay', '--no-tail')).stdout;
  }

  controllerPid(): number {
    return Number(readFileSync(join(this.data, 'controller.lock.pid'), 'utf8'));
  }

  async close(): Promise<void> {
    await this.run('kill-controller', '--no-prompt');
    rmSync(this.root, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }

  private async tail(): Promise<string> {
    const log = await command(process.execPath, [...cli, 'debug-log', '--no-tail', '-n', '30'], { env: this.env });
    return `--- debug-log\n${log.stdout}`;
  }
}

export function command(
  file: string,
  args: readonly string[],
  options: { env?: NodeJS.ProcessEnv; cwd?: string } = {},
): Promise<Ran> {
  return new Promise((done) => {
    execFile(file, [...args], { maxBuffer: 64 << 20, cwd: checkout, ...options }, (error, stdout, stderr) => {
      const code = error ? (typeof error.code === 'number' ? error.code : 128) : 0;
      done({ code, stdout, stderr });
    });
  });
}

const given = new Set<number>();
/** Servers of the companions go up in steps of 10,000 where their usual ports are taken; here they rarely come. */
const lowestPort = 20_000;

/**
 * A TCP port that nobody listens on, at any address. Where the kernel's settings allow it is none of those that the
 * kernel gives to connections and to whoever asks for any port, lest one of them gets it before it is used.
 */
export async function freePort(): Promise<number> {
  const [kernels = 0] = readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8').trim().split(/\s+/).map(Number);
  const many = kernels - lowestPort;
  for (;;) {
    const port = await listened(many > 1000 ? lowestPort + Math.floor(Math.random() * many) : 0);
    if (port === undefined || given.has(port)) continue;
    given.add(port);
    return port;
  }
}

/** Listens for a moment; undefined when the port is taken. */
function listened(port: number): Promise<number | undefined> {
  return new Promise((done) => {
    const server = createServer();
    server.once('error', () => done(undefined));
    server.listen(port, '0.0.0.0', () => {
      const address = server.address();
      server.close(() => done(typeof address === 'object' && address ? address.port : undefined));
    });
  });
}

/** Looks until the answer is not undefined; for facts outside charmlet that raise no event here. */
export async function until<T>(
  what: string,
  deadlineMs: number,
  look: () => Promise<T | undefined> | T | undefined,
): Promise<T> {
  const end = Date.now() + deadlineMs;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > end) throw new Error(`did not come about in ${deadlineMs} ms: ${what}`);
    await new Promise((wake) => setTimeout(wake, 50));
  }
}
