/** Where to connect and what to serve, as the charm hands it to every worker: by environment variables. */
export interface Settings {
  /** `host:port` of the Temporal frontend. */
  readonly address: string;
  readonly namespace: string;
  readonly taskQueue: string;
  /** What the server lists this process as; absent: the SDK's own `<pid>@<host name>`. */
  readonly identity?: string;
  readonly logLevel: 'DEBUG' | 'INFO' | 'WARN' | 'ERROR';
  /** `address:port` on which the SDK's metrics are served; absent: no metrics. */
  readonly metricsAddress?: string;
}

/**
 * Names in order of precedence. The charm sets each option under `TWC_<NAME>` and `TEMPORAL_<NAME>`; the last name in
 * a row is the one that Temporal's SDKs and its command line share, so the same worker also runs without the charm.
 * An empty variable counts as absent: the charm renders options that were never set as empty strings.
 */
const names = {
  address: ['TWC_HOST', 'TEMPORAL_HOST', 'TEMPORAL_ADDRESS'],
  namespace: ['TWC_NAMESPACE', 'TEMPORAL_NAMESPACE'],
  taskQueue: ['TWC_QUEUE', 'TEMPORAL_QUEUE', 'TEMPORAL_TASK_QUEUE'],
  identity: ['TEMPORAL_WORKER_IDENTITY'],
  logLevel: ['TWC_LOG_LEVEL', 'TEMPORAL_LOG_LEVEL'],
  metricsAddress: ['TEMPORAL_PROMETHEUS_BIND_ADDRESS'],
  metricsPort: ['TWC_PROMETHEUS_PORT', 'TEMPORAL_PROMETHEUS_PORT'],
} as const;

/** The charm's log levels and what the SDK calls them. */
const logLevels: Readonly<Record<string, Settings['logLevel']>> = {
  debug: 'DEBUG',
  info: 'INFO',
  warning: 'WARN',
  error: 'ERROR',
  critical: 'ERROR',
};

/** Reads the settings from an environment. Throws an error that names every required variable that is missing. */
export function settingsFrom(env: Readonly<Record<string, string | undefined>>): Settings {
  const first = (key: keyof typeof names) => names[key].map((name) => env[name]?.trim()).find(Boolean);
  const missing = (['address', 'namespace', 'taskQueue'] as const).filter((key) => !first(key));
  if (missing.length > 0) {
    const wanted = missing.map((key) => names[key].join(' or ')).join('; ');
    throw new Error(`cannot read the worker's settings: not set: ${missing.join(', ')} (set ${wanted})`);
  }
  const level = first('logLevel') ?? 'info';
  const logLevel = logLevels[level.toLowerCase()];
  if (!logLevel) {
    throw new Error(
      `cannot use log level "${level}" from ${names.logLevel.join(' or ')} (${Object.keys(logLevels).join(', ')})`,
    );
  }
  const identity = first('identity');
  const metricsAddress = first('metricsAddress') ?? anyInterface(first('metricsPort'));
  return {
    address: withPort(first('address')!),
    namespace: first('namespace')!,
    taskQueue: first('taskQueue')!,
    logLevel,
    ...(identity && { identity }),
    ...(metricsAddress && { metricsAddress }),
  };
}

/** Temporal's frontend listens on 7233 unless told otherwise. */
function withPort(host: string): string {
  if (/:\d+$/.test(host) && !host.endsWith(']')) return host;
  return `${host}:7233`;
}

function anyInterface(port: string | undefined): string | undefined {
  return port && `0.0.0.0:${port}`;
}
