import { connect } from 'node:net';
import { formatDuration } from './duration.ts';
import { PebbleApiError } from './errors.ts';
import type { ExecOptions, ExecProcess } from './exec.ts';
import { filesApi, type MakeDirOptions, type PushOptions } from './files.ts';
import { followLogs } from './logs.ts';
import { type Envelope, openResponse, readBody, readEnvelope, sendJson } from './request.ts';
import type { Change, CheckInfo, FileInfo, LogEntry, Notice, NoticeType, ServiceInfo, SystemInfo } from './types.ts';

export { PebbleApiError, PebbleConnectionError } from './errors.ts';

/** Pebble waits this long at most in one request of `waitChange`; shorter than any proxy's or client's own patience. */
const waitSliceMs = 4000;

/**
 * A client of Pebble's API on a Unix socket; the same for Canonical's daemon and ours. Opens a connection per call.
 * Rejects with `PebbleApiError` (the daemon refused) or `PebbleConnectionError` (nobody answered).
 */
export class PebbleClient {
  readonly socket: string;
  readonly #timeoutMs: number;
  readonly #files: ReturnType<typeof filesApi>;

  /** `timeoutMs`: how long the daemon may take to begin an answer, long polls excepted. */
  constructor(options: { readonly socket: string; readonly timeoutMs?: number }) {
    this.socket = options.socket;
    this.#timeoutMs = options.timeoutMs ?? 10_000;
    this.#files = filesApi(this.socket, this.#timeoutMs);
  }

  /** Is anybody listening? Never rejects. */
  reachable(): Promise<boolean> {
    return new Promise((resolve) => {
      const socket = connect(this.socket);
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
      socket.once('connect', () => socket.destroy());
    });
  }

  async systemInfo(): Promise<SystemInfo> {
    return (await this.#get('/v1/system-info')) as SystemInfo;
  }

  /** True when every check of that level passes; also when there is none. */
  async health(options: { level?: 'alive' | 'ready'; names?: readonly string[] } = {}): Promise<boolean> {
    const query = { level: options.level, names: options.names?.join(',') };
    const envelope = await this.#send('GET', withQuery('/v1/health', query));
    return (envelope.result as { healthy: boolean }).healthy;
  }

  /** The combined plan as YAML text. */
  async plan(): Promise<string> {
    return (await this.#get('/v1/plan?format=yaml')) as string;
  }

  /** Adds a layer, or with `combine` merges it into the one with that label. Starts and stops no service. */
  async addLayer(label: string, layer: string, options: { combine?: boolean; inner?: boolean } = {}): Promise<void> {
    const { combine = false, inner = false } = options;
    await this.#post('/v1/layers', { action: 'add', combine, inner, label, format: 'yaml', layer });
  }

  /** Sorted by name; unknown names are left out. */
  async services(names: readonly string[] = []): Promise<ServiceInfo[]> {
    return (await this.#get(withQuery('/v1/services', { names: names.join(',') }))) as ServiceInfo[];
  }

  /** Each of these resolves with a change id as soon as the work is accepted; see `waitChange`. */
  start(services: readonly string[]): Promise<string> {
    return this.#servicesAction('start', services);
  }
  stop(services: readonly string[]): Promise<string> {
    return this.#servicesAction('stop', services);
  }
  restart(services: readonly string[]): Promise<string> {
    return this.#servicesAction('restart', services);
  }
  replan(): Promise<string> {
    return this.#servicesAction('replan', []);
  }
  autostart(): Promise<string> {
    return this.#servicesAction('autostart', []);
  }

  async change(id: string): Promise<Change> {
    return (await this.#get(`/v1/changes/${encodeURIComponent(id)}`)) as Change;
  }

  async changes(options: { select?: 'in-progress' | 'ready' | 'all'; service?: string } = {}): Promise<Change[]> {
    const query = { select: options.select, for: options.service };
    return (await this.#get(withQuery('/v1/changes', query))) as Change[];
  }

  /** Resolves when the change is ready, or after `timeoutMs` with the change as it then is (`ready: false`). */
  async waitChange(id: string, options: { timeoutMs?: number; signal?: AbortSignal } = {}): Promise<Change> {
    const deadline = Date.now() + (options.timeoutMs ?? Number.POSITIVE_INFINITY);
    const path = `/v1/changes/${encodeURIComponent(id)}`;
    for (;;) {
      const left = deadline - Date.now();
      if (left <= 0) return this.change(id);
      const slice = formatDuration(Math.min(left, waitSliceMs));
      try {
        return (await this.#get(`${path}/wait?timeout=${slice}`, { signal: options.signal })) as Change;
      } catch (error) {
        if (!(error instanceof PebbleApiError && error.statusCode === 504)) throw error;
      }
    }
  }

  async abortChange(id: string): Promise<Change> {
    return (await this.#post(`/v1/changes/${encodeURIComponent(id)}`, { action: 'abort' })).result as Change;
  }

  async checks(options: { level?: 'alive' | 'ready'; names?: readonly string[] } = {}): Promise<CheckInfo[]> {
    const query = { level: options.level, names: options.names?.join(',') };
    return (await this.#get(withQuery('/v1/checks', query))) as CheckInfo[];
  }

  /** Names of the checks that were not running before. */
  startChecks(checks: readonly string[]): Promise<string[]> {
    return this.#checksAction('start', checks);
  }
  /** Names of the checks that were running before. */
  stopChecks(checks: readonly string[]): Promise<string[]> {
    return this.#checksAction('stop', checks);
  }

  /** Runs a check now; `error` is what the check said when it failed. */
  async refreshCheck(name: string): Promise<{ info: CheckInfo; error?: string }> {
    return (await this.#post('/v1/checks/refresh', { name })).result as { info: CheckInfo; error?: string };
  }

  /** The newest `n` lines (-1: all that are kept) of these services, or of all; oldest first. */
  async logs(options: { services?: readonly string[]; n?: number } = {}): Promise<LogEntry[]> {
    const entries: LogEntry[] = [];
    for await (const entry of this.followLogs({ ...options, follow: false })) entries.push(entry);
    return entries;
  }

  /** The same, and then every new line until `signal` aborts (which ends the iteration) or the daemon ends. */
  followLogs(
    options: { services?: readonly string[]; n?: number; signal?: AbortSignal; follow?: boolean } = {},
  ): AsyncGenerator<LogEntry, void> {
    return followLogs(this.socket, { ...options, timeoutMs: this.#timeoutMs });
  }

  pushFile(path: string, content: string | Buffer, options?: PushOptions): Promise<void> {
    return this.#files.push(path, content, options);
  }
  pullFile(path: string): Promise<Buffer> {
    return this.#files.pull(path);
  }
  listFiles(path: string, options?: { pattern?: string; itself?: boolean }): Promise<FileInfo[]> {
    return this.#files.list(path, options);
  }
  makeDir(path: string, options?: MakeDirOptions): Promise<void> {
    return this.#files.makeDir(path, options);
  }
  removePath(path: string, options?: { recursive?: boolean }): Promise<void> {
    return this.#files.remove(path, options);
  }

  /** Notices that repeated after `after`, oldest first. With `timeoutMs` waits so long for the first one. */
  async notices(options: NoticesOptions = {}): Promise<Notice[]> {
    const { types = [], keys = [], allUsers, userId, after, timeoutMs, signal } = options;
    const query = {
      types: types.join(','),
      keys: keys.join(','),
      users: allUsers ? 'all' : undefined,
      'user-id': userId?.toString(),
      after,
      timeout: timeoutMs === undefined ? undefined : formatDuration(timeoutMs),
    };
    const patience = this.#timeoutMs + (timeoutMs ?? 0);
    return (await this.#get(withQuery('/v1/notices', query), { signal, timeoutMs: patience })) as Notice[];
  }

  async notice(id: string): Promise<Notice> {
    return (await this.#get(`/v1/notices/${encodeURIComponent(id)}`)) as Notice;
  }

  /** Records a custom notice under a key of the form `domain/path`; resolves with the notice's id. */
  async notify(key: string, options: { data?: Record<string, string>; repeatAfterMs?: number } = {}): Promise<string> {
    const { data, repeatAfterMs } = options;
    const repeat = repeatAfterMs === undefined ? {} : { 'repeat-after': formatDuration(repeatAfterMs) };
    const body = { action: 'add', type: 'custom', key, ...repeat, ...(data ? { data } : {}) };
    return ((await this.#post('/v1/notices', body)).result as { id: string }).id;
  }

  async sendSignal(signal: string, services: readonly string[]): Promise<void> {
    await this.#post('/v1/signals', { signal, services });
  }

  /** Starts a command in the workload; resolves when it can be talked to. The client library for it is loaded here. */
  async exec(command: readonly string[], options: ExecOptions = {}): Promise<ExecProcess> {
    const { startExec } = await import('./exec.ts');
    return startExec(this, command, options);
  }

  /** The daemon's own metrics as Prometheus reads them. */
  async metrics(): Promise<string> {
    const response = await openResponse(this.socket, {
      method: 'GET',
      path: '/v1/metrics',
      timeoutMs: this.#timeoutMs,
    });
    const body = await readBody(this.socket, response);
    if (response.statusCode !== 200) readEnvelope(body, response.statusCode ?? 0);
    return body.toString('utf8');
  }

  /** Any other call; the way in for parts of the API that have no method here. */
  async call(method: 'GET' | 'POST', path: string, body?: object): Promise<Envelope> {
    return body === undefined ? this.#send(method, path) : this.#post(path, body);
  }

  async #servicesAction(action: string, services: readonly string[]): Promise<string> {
    const envelope = await this.#post('/v1/services', { action, services });
    return envelope.change ?? '';
  }

  async #checksAction(action: string, checks: readonly string[]): Promise<string[]> {
    const { result } = await this.#post('/v1/checks', { action, checks });
    // Pebble 1.26 answers null when nothing changed.
    return (result as { changed: string[] | null }).changed ?? [];
  }

  async #get(path: string, options: CallOptions = {}): Promise<unknown> {
    return (await this.#send('GET', path, options)).result;
  }

  #post(path: string, body: object): Promise<Envelope> {
    const headers = { 'Content-Type': 'application/json' };
    const text = JSON.stringify(body);
    return sendJson(this.socket, { method: 'POST', path, headers, body: text, timeoutMs: this.#timeoutMs });
  }

  #send(method: 'GET' | 'POST', path: string, options: CallOptions = {}): Promise<Envelope> {
    const timeoutMs = options.timeoutMs ?? this.#timeoutMs;
    return sendJson(this.socket, { method, path, timeoutMs, signal: options.signal });
  }
}

export interface NoticesOptions {
  readonly types?: readonly NoticeType[];
  readonly keys?: readonly string[];
  /** Everybody's notices; admins only. Without it the caller's own and the public ones. */
  readonly allUsers?: boolean;
  /** That user's notices and the public ones. */
  readonly userId?: number;
  /** A `last-repeated` time. */
  readonly after?: string;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

interface CallOptions {
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMs?: number;
}

function withQuery(path: string, query: Readonly<Record<string, string | undefined>>): string {
  const set = Object.entries(query).filter((entry): entry is [string, string] => Boolean(entry[1]));
  return set.length === 0 ? path : `${path}?${new URLSearchParams(set)}`;
}
