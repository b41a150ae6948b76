import { type EncryptionKey, parseEncryptionKey } from '../encryption/key-ring.ts';
import { parseAddress, parseBindAddress } from './address.ts';
import { type AuthSettings, readAuth } from './auth.ts';
import { parseDuration } from './duration.ts';
import { type Env, Environment, secretsIn } from './environment.ts';
import { type ProxySettings, readProxy } from './proxy.ts';
import { readSentry, type SentrySettings } from './sentry.ts';
import { readTls, type TlsSettings } from './tls.ts';
import { headerPrefix } from './variables.ts';

/** How to reach Temporal, and how to read and write what is stored there. A worker and a client need it alike. */
export interface ConnectionSettings {
  /** `host:port`. */
  readonly address: string;
  readonly namespace: string;
  /** What the server lists this process as; absent: the SDK's own `<pid>@<host name>`. */
  readonly identity?: string;
  /** Absent: no TLS. */
  readonly tls?: TlsSettings;
  readonly proxy?: ProxySettings;
  readonly apiKey?: string;
  /** Further headers of each call, in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Absent: no tokens. */
  readonly auth?: AuthSettings;
  /** The newest first; empty: payloads are written plain. */
  readonly encryptionKeys: readonly EncryptionKey[];
  /** Texts that must not appear in a report or a log. */
  readonly secrets: readonly string[];
}

export interface WorkerSettings extends ConnectionSettings {
  readonly taskQueue: string;
  readonly logLevel: LogLevel;
  /** Time between SIGTERM and SIGKILL, in milliseconds. */
  readonly stopTimeoutMs: number;
  readonly deployment?: { readonly name: string; readonly buildId: string };
  readonly sentry?: SentrySettings;
  /** `address:port` of the SDK's metrics. */
  readonly metricsAddress?: string;
  /** `address:port` of the kit's `/healthz` and `/metrics`. */
  readonly healthAddress?: string;
  /** The charm's `workload-prometheus-port`, with an address. */
  readonly workloadMetricsAddress?: string;
}

export type LogLevel = 'DEBUG' | 'INFO' | 'WARN' | 'ERROR';

/** The charm's log levels and what the SDK calls them. */
const logLevels: Readonly<Record<string, LogLevel>> = {
  debug: 'DEBUG',
  info: 'INFO',
  warning: 'WARN',
  error: 'ERROR',
  critical: 'ERROR',
};

/** Reads what a worker needs. Throws a `SettingsError` that names everything that is wrong or missing. */
export function readWorkerSettings(env: Env): WorkerSettings {
  const environment = new Environment(env);
  const connection = readConnection(environment);
  const logLevel = environment.parse('logLevel', parseLogLevel);
  const stopTimeoutMs = environment.parse('stopTimeout', parseDuration);
  const deployment = readDeployment(environment);
  const sentry = readSentry(environment);
  const metricsPort = environment.parse('metricsPort', parsePort);
  const metricsAddress =
    environment.parse('metricsAddress', parseBindAddress) ?? (metricsPort && `0.0.0.0:${metricsPort}`);
  // Units that share a machine have a loopback address each, which the charm tells with the SDK's metrics.
  const own = /^127\.[\d.]+(?=:)/.exec(metricsAddress || '')?.[0];
  const healthAddress = environment.parse('healthAddress', (text) => parseBindAddress(text, own));
  const workloadMetricsPort = environment.parse('workloadMetricsPort', parsePort);
  const settings = {
    ...connection,
    taskQueue: environment.require('taskQueue'),
    logLevel: logLevel ?? 'INFO',
    stopTimeoutMs: stopTimeoutMs ?? 30_000,
    ...(deployment && { deployment }),
    ...(sentry && { sentry }),
    ...(metricsAddress && { metricsAddress }),
    ...(healthAddress && { healthAddress }),
    ...(workloadMetricsPort && { workloadMetricsAddress: `${own ?? '0.0.0.0'}:${workloadMetricsPort}` }),
  };
  environment.assertUsable();
  return settings;
}

/** Reads what a client needs, from the same variables; the task queue is its caller's. Throws a `SettingsError`. */
export function readConnectionSettings(env: Env): ConnectionSettings {
  const environment = new Environment(env);
  const settings = readConnection(environment);
  environment.assertUsable();
  return settings;
}

function readConnection(environment: Environment): ConnectionSettings {
  environment.require('address');
  const address = environment.parse('address', parseAddress) ?? '';
  const tls = readTls(environment);
  const proxy = readProxy(environment, { address, tls: tls !== undefined });
  const auth = readAuth(environment);
  const identity = environment.get('identity');
  const apiKey = environment.get('apiKey');
  if (auth && apiKey) {
    environment.problem(
      'cannot send both an API key and a token: TEMPORAL_API_KEY and auth-provider are set (unset one of them)',
    );
  }
  return {
    address,
    namespace: environment.require('namespace'),
    ...(identity && { identity }),
    ...(tls && { tls }),
    ...(proxy && { proxy }),
    ...(apiKey && { apiKey }),
    headers: readHeaders(environment.variables),
    ...(auth && { auth }),
    encryptionKeys: readEncryptionKeys(environment),
    secrets: secretsIn(environment.variables),
  };
}

function readEncryptionKeys(environment: Environment): readonly EncryptionKey[] {
  const newest = environment.parse('encryptionKey', parseEncryptionKey);
  const previous = environment.parse('previousEncryptionKeys', (text) =>
    text
      .split(/[\s,]+/)
      .filter(Boolean)
      .map(parseEncryptionKey),
  );
  if (previous && !environment.get('encryptionKey')) {
    environment.problem(
      'cannot use TEMPORAL_ENCRYPTION_PREVIOUS_KEYS alone: TWC_ENCRYPTION_KEY or TEMPORAL_ENCRYPTION_KEY is not set (the key to write with)',
    );
  }
  return newest ? [newest, ...(previous ?? [])] : [];
}

function readDeployment(environment: Environment): WorkerSettings['deployment'] {
  const name = environment.get('deploymentName');
  const buildId = environment.get('buildId');
  if (name && !buildId) {
    environment.problem(
      'cannot version the worker: TEMPORAL_DEPLOYMENT_NAME is set and TEMPORAL_WORKER_BUILD_ID or WORKER_BUILD_ID is not (set both, or neither)',
    );
  }
  return name && buildId ? { name, buildId } : undefined;
}

function readHeaders(env: Env): Readonly<Record<string, string>> {
  const set = Object.entries(env).filter(([name, value]) => name.startsWith(headerPrefix) && value);
  return Object.fromEntries(
    set.map(([name, value]) => [name.slice(headerPrefix.length).toLowerCase().replaceAll('_', '-'), value ?? '']),
  );
}

function parseLogLevel(text: string): LogLevel {
  const level = logLevels[text.toLowerCase()];
  if (!level) throw new Error(`there is no such level (${Object.keys(logLevels).join(', ')})`);
  return level;
}

function parsePort(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port < 1 || port > 65_535) throw new Error('it is no port (a number from 1 to 65535)');
  return port;
}
