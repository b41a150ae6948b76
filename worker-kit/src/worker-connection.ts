import { type Logger, NativeConnection, type NativeConnectionOptions } from '@temporalio/worker';
import { TokenRefresher } from './auth/refresh.ts';
import { tokenSource } from './auth/token-source.ts';
import { withDeadline } from './deadline.ts';
import { KitError } from './kit-error.ts';
import { oneLine } from './one-line.ts';
import type { ConnectionSettings } from './settings/settings.ts';
import { certificateExpiry, readTlsConfig } from './tls.ts';

/** How long an unreachable server is tried; whoever supervises the process decides when to try again. */
const connectTimeoutMs = 4000;
const aliveTimeoutMs = 2000;

/** A worker's connection, whose token is replaced before it expires and whose certificates can be read again. */
export class WorkerConnection {
  readonly #settings: ConnectionSettings;
  readonly #refresher: TokenRefresher | undefined;
  #opened: Opened;

  private constructor(settings: ConnectionSettings, refresher: TokenRefresher | undefined, opened: Opened) {
    this.#settings = settings;
    this.#refresher = refresher;
    this.#opened = opened;
    refresher?.onToken(() => this.#opened.connection.setMetadata(headers(settings, refresher)));
  }

  /** Gets a token where one is wanted, and connects. Throws a sentence. */
  static async open(settings: ConnectionSettings, log: Logger): Promise<WorkerConnection> {
    const refresher = settings.auth && (await startRefresher(settings.auth, log));
    try {
      return new WorkerConnection(settings, refresher, await connect(settings, refresher));
    } catch (error) {
      refresher?.close();
      throw error;
    }
  }

  get native(): NativeConnection {
    return this.#opened.connection;
  }

  /** When the client's certificate ends, in seconds since 1970. */
  get certificateExpiry(): number | undefined {
    return this.#opened.certificateExpiry;
  }

  /** When the token at hand ends, in seconds since 1970. */
  get tokenExpiry(): number | undefined {
    const expiresAt = this.#refresher?.token.expiresAt;
    return expiresAt === undefined ? undefined : expiresAt / 1000;
  }

  /**
   * Connects anew, with what is in the certificate files by now, hands the new connection to `use`, and closes the old
   * one. When it cannot connect, the old one stays and the error is thrown.
   */
  async renew(use: (connection: NativeConnection) => void): Promise<void> {
    const opened = await connect(this.#settings, this.#refresher);
    const old = this.#opened;
    use(opened.connection);
    this.#opened = opened;
    await old.connection.close();
  }

  /** Does the server answer over it? The deadline is ours: a connection's own is for each of its many tries. */
  async works(): Promise<boolean> {
    const asked = this.native.workflowService.getSystemInfo({});
    return await withDeadline(asked, aliveTimeoutMs).then(
      () => true,
      () => false,
    );
  }

  async close(): Promise<void> {
    this.#refresher?.close();
    await this.#opened.connection.close();
  }
}

interface Opened {
  readonly connection: NativeConnection;
  readonly certificateExpiry: number | undefined;
}

async function startRefresher(auth: NonNullable<ConnectionSettings['auth']>, log: Logger): Promise<TokenRefresher> {
  const { refreshIntervalMs } = auth;
  return TokenRefresher.start({ source: await tokenSource(auth), refreshIntervalMs, log });
}

async function connect(settings: ConnectionSettings, refresher: TokenRefresher | undefined): Promise<Opened> {
  const tls = settings.tls && (await readTlsConfig(settings.tls));
  const { address, proxy, apiKey } = settings;
  const options: NativeConnectionOptions = {
    address,
    metadata: headers(settings, refresher),
    ...(tls && { tls }),
    ...(apiKey && { apiKey }),
    ...(proxy && {
      proxy: {
        type: 'http-connect',
        targetHost: proxy.host,
        ...(proxy.credentials && { basicAuth: proxy.credentials }),
      },
    }),
  };
  try {
    const connection = await withDeadline(NativeConnection.connect(options), connectTimeoutMs);
    return { connection, certificateExpiry: certificateExpiry(tls) };
  } catch (error) {
    const through = proxy ? ` through proxy "${proxy.host}"` : '';
    throw new KitError(
      `cannot connect to Temporal at "${address}"${through}: ${oneLine(error)} (is the server up, and ${suspects(settings)} right?)`,
      { cause: error },
    );
  }
}

function suspects({ tls, auth, apiKey, proxy }: ConnectionSettings): string {
  return tls || auth || apiKey || proxy ? 'are host, TLS, proxy and credentials' : 'is the host';
}

function headers(settings: ConnectionSettings, refresher: TokenRefresher | undefined): Record<string, string> {
  return { ...settings.headers, ...(refresher && { authorization: refresher.token.authorization }) };
}
