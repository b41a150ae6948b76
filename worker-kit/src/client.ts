import { InterceptingCall, type Interceptor } from '@grpc/grpc-js';
import { Client, Connection, type ConnectionOptions } from '@temporalio/client';
import { type AuthLog, TokenRefresher } from './auth/refresh.ts';
import { tokenSource } from './auth/token-source.ts';
import { failureConverterPath } from './bundle.ts';
import { EncryptionCodec } from './encryption/codec.ts';
import { KitError } from './kit-error.ts';
import { oneLine } from './one-line.ts';
import type { Env } from './settings/environment.ts';
import { type ConnectionSettings, readConnectionSettings } from './settings/settings.ts';
import { readTlsConfig } from './tls.ts';

export { PayloadDecryptionError } from './encryption/codec.ts';
export { KitError } from './kit-error.ts';
export { oneLine } from './one-line.ts';
export { SettingsError } from './settings/environment.ts';

export interface KitClientOptions {
  /** Where the settings come from; `process.env` unless something else is handed in. */
  readonly env?: Env;
  /** Where the replacing of tokens is told; nowhere unless given. */
  readonly log?: AuthLog;
}

const silent: AuthLog = { info() {}, warn() {} };
const connectTimeoutMs = 4000;

/** A client with the worker's own settings: the same server, tokens and keys. `await using` closes it. */
export class KitClient implements AsyncDisposable {
  readonly client: Client;
  readonly settings: ConnectionSettings;
  readonly #refresher: TokenRefresher | undefined;

  private constructor(client: Client, settings: ConnectionSettings, refresher: TokenRefresher | undefined) {
    this.client = client;
    this.settings = settings;
    this.#refresher = refresher;
  }

  /** Throws a sentence when the environment is of no use or the server is not reached. */
  static async connect({ env = process.env, log = silent }: KitClientOptions = {}): Promise<KitClient> {
    const settings = readConnectionSettings(env);
    const { auth, address, namespace, identity } = settings;
    const refresher =
      auth &&
      (await TokenRefresher.start({ source: await tokenSource(auth), refreshIntervalMs: auth.refreshIntervalMs, log }));
    try {
      const connection = await Connection.connect(await connectionOptions(settings, refresher));
      const client = new Client({
        connection,
        namespace,
        ...(identity && { identity }),
        dataConverter: {
          payloadCodecs: [new EncryptionCodec(settings.encryptionKeys)],
          ...(settings.encryptionKeys.length > 0 && { failureConverterPath: failureConverterPath() }),
        },
      });
      return new KitClient(client, settings, refresher);
    } catch (error) {
      refresher?.close();
      throw new KitError(`cannot connect to Temporal at "${address}": ${oneLine(error)}`, { cause: error });
    }
  }

  async close(): Promise<void> {
    this.#refresher?.close();
    await this.client.connection.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

async function connectionOptions(
  settings: ConnectionSettings,
  refresher: TokenRefresher | undefined,
): Promise<ConnectionOptions> {
  const { address, apiKey, headers, proxy } = settings;
  const tls = settings.tls && (await readTlsConfig(settings.tls));
  return {
    address,
    connectTimeout: connectTimeoutMs,
    metadata: headers,
    ...(tls && { tls }),
    ...(apiKey && { apiKey }),
    ...(refresher && { interceptors: [authorize(refresher)] }),
    ...through(proxy, address),
  };
}

/** Each call bears the token of the moment. */
function authorize(refresher: TokenRefresher): Interceptor {
  return (options, nextCall) =>
    new InterceptingCall(nextCall(options), {
      start(metadata, listener, next) {
        metadata.set('authorization', refresher.token.authorization);
        next(metadata, listener);
      },
    });
}

/**
 * gRPC's own reading of proxy variables differs from the worker's (it uses `https_proxy` without TLS, too), so it is
 * switched off, and told where to go in the words that it uses itself once it has read them.
 */
function through(proxy: ConnectionSettings['proxy'], address: string): Partial<ConnectionOptions> {
  const direct = { 'grpc.enable_http_proxy': 0 };
  if (!proxy) return { channelArgs: direct };
  const { host, credentials } = proxy;
  return {
    address: host,
    channelArgs: {
      ...direct,
      'grpc.http_connect_target': `dns:${address}`,
      'grpc.default_authority': address,
      ...(credentials && { 'grpc.http_connect_creds': `${credentials.username}:${credentials.password}` }),
    },
  };
}
