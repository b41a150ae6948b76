import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
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

  /** Waits by charmlet's own event-driven verb until the query holds of the unit; shows the log when it does not. */
  async waitForUnit(unit: string, query: string, timeout = '120s'): Promise<void> {
    await this.do('wait-for', 'unit', unit, '--query', query, '--timeout', timeout);
  }

  async debugLog(): Promise<string> {
    return (await this.run('debug-log', '--replay', '--no-tail')).stdout;
  }

  controllerPid(): number {
    return Number(readFileSync(join(this.data, 'controller.lock.pid'), 'utf8'));
  }

  async close(): Promise<void> {
    await this.run('kill-controller', '--no-prompt');
    rmSync(this.root, { recursive: true, force: true, maxRetries: 10 });
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

/** Where ports are taken from: below those that the kernel gives to whoever connects somewhere, for that happens all the time. */
const ports = { from: 15_000, to: 32_000 };
const given = new Set<number>();

/** A TCP port of 127.0.0.1 that nobody listened on a moment ago, and that was not given to anybody here before. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(ports.from, ports.to);
    if (given.has(port)) continue;
    given.add(port);
    const server = createServer();
    const isFree = await new Promise<boolean>((done) => {
      server.once('error', () => done(false)).listen(port, '127.0.0.1', () => done(true));
    });
    if (!isFree) continue;
    await new Promise((closed) => server.close(closed));
    return port;
  }
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
