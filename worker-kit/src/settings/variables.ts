/** A setting: the names under which it is looked for, the first that is set and not empty first, and what it means. */
export interface Variable {
  readonly names: readonly string[];
  readonly meaning: string;
  /** Never shown: not in an error, a log line or a report to Sentry. */
  readonly secret?: true;
}

/** The charm renders each option under two names. */
const option = (name: string): readonly string[] => [`TWC_${name}`, `TEMPORAL_${name}`];

/**
 * Every variable that the kit reads; the table in README.md is made from it. An empty variable counts as not set: the
 * charm renders options that were never set as empty texts.
 */
export const variables = {
  // The derived name first: with a `temporal-host-info` relation the option "host" may hold an address of the past.
  address: {
    names: ['TEMPORAL_ADDRESS', ...option('HOST')],
    meaning: 'the server, `host[:port]`; port 7233 when left out. Required',
  },
  namespace: { names: option('NAMESPACE'), meaning: 'the namespace. Required' },
  taskQueue: { names: [...option('QUEUE'), 'TEMPORAL_TASK_QUEUE'], meaning: 'the task queue. Required for a worker' },
  identity: {
    names: ['TEMPORAL_WORKER_IDENTITY'],
    meaning: "what the server lists this process as; the SDK's own `<pid>@<host name>` when left out",
  },
  logLevel: { names: option('LOG_LEVEL'), meaning: '`debug`, `info` (default), `warning`, `error` or `critical`' },
  stopTimeout: {
    names: ['TEMPORAL_WORKER_STOP_TIMEOUT'],
    meaning:
      'how long the supervisor waits between SIGTERM and SIGKILL: the charm tells its `stop-timeout`. Default `30s`',
  },

  tls: {
    names: ['TEMPORAL_TLS'],
    meaning: '`true` or `false`; on by itself when a CA, a certificate, a server name or an API key is set',
  },
  rootCas: { names: option('TLS_ROOT_CAS'), meaning: "the server's CA certificates, PEM" },
  serverCaPath: { names: ['TEMPORAL_TLS_SERVER_CA_CERT_PATH'], meaning: 'the same as a file' },
  serverCaData: { names: ['TEMPORAL_TLS_SERVER_CA_CERT_DATA'], meaning: 'the same as PEM' },
  clientCertPath: {
    names: ['TEMPORAL_TLS_CLIENT_CERT_PATH'],
    meaning: "the client's certificate, a PEM file; read again on SIGHUP",
  },
  clientCertData: { names: ['TEMPORAL_TLS_CLIENT_CERT_DATA', 'TEMPORAL_MTLS_TLS_CERT'], meaning: 'the same as PEM' },
  clientKeyPath: { names: ['TEMPORAL_TLS_CLIENT_KEY_PATH'], meaning: 'its key, a PEM file; read again on SIGHUP' },
  clientKeyData: {
    names: ['TEMPORAL_TLS_CLIENT_KEY_DATA', 'TEMPORAL_MTLS_TLS_KEY'],
    meaning: 'the same as PEM',
    secret: true,
  },
  serverName: { names: ['TEMPORAL_TLS_SERVER_NAME'], meaning: "the name that the server's certificate must bear" },
  noHostVerification: {
    names: ['TEMPORAL_TLS_DISABLE_HOST_VERIFICATION'],
    meaning: 'refused when true: the SDK always verifies',
  },
  apiKey: { names: ['TEMPORAL_API_KEY'], meaning: 'sent as a bearer token; turns TLS on', secret: true },

  proxyHost: {
    names: ['TEMPORAL_PROXY_HOST'],
    meaning:
      'an HTTP CONNECT proxy for the connection to Temporal, `host:port`; without it `HTTPS_PROXY` (with TLS) or `HTTP_PROXY`, unless `NO_PROXY` names the server',
  },
  proxyUsername: { names: ['TEMPORAL_PROXY_USERNAME'], meaning: 'for the proxy' },
  proxyPassword: { names: ['TEMPORAL_PROXY_PASSWORD'], meaning: 'for the proxy', secret: true },

  encryptionKey: {
    names: option('ENCRYPTION_KEY'),
    meaning: 'encrypts payloads: 16 or 32 bytes, base64',
    secret: true,
  },
  previousEncryptionKeys: {
    names: ['TEMPORAL_ENCRYPTION_PREVIOUS_KEYS'],
    meaning: 'more keys to read with, separated by commas or white space',
    secret: true,
  },

  authProvider: { names: option('AUTH_PROVIDER'), meaning: '`google` or `candid`; empty for no tokens' },
  tokenRefreshInterval: {
    names: ['TEMPORAL_TOKEN_REFRESH_INTERVAL'],
    meaning:
      'seconds after which a token is replaced at the latest, 900 to 3600. Default 1800; always before it expires',
  },
  candidUrl: { names: option('CANDID_URL'), meaning: 'where the macaroon to discharge is given out' },
  candidUsername: { names: option('CANDID_USERNAME'), meaning: "the agent's name" },
  candidPrivateKey: { names: option('CANDID_PRIVATE_KEY'), meaning: "the agent's private key, base64", secret: true },
  oidcAuthType: { names: option('OIDC_AUTH_TYPE'), meaning: '`service_account`, the only one there is' },
  oidcPrivateKeyId: { names: option('OIDC_PRIVATE_KEY_ID'), meaning: "which of the account's keys it is" },
  oidcPrivateKey: {
    names: option('OIDC_PRIVATE_KEY'),
    meaning: "the service account's RSA key, PEM; `\\n` may stand for a line's end",
    secret: true,
  },
  oidcClientEmail: { names: option('OIDC_CLIENT_EMAIL'), meaning: 'the service account' },
  oidcTokenUri: {
    names: option('OIDC_TOKEN_URI'),
    meaning: 'where tokens are given out. Default `https://oauth2.googleapis.com/token`',
  },

  sentryDsn: { names: option('SENTRY_DSN'), meaning: 'where errors are reported; empty for nowhere' },
  sentryRelease: { names: option('SENTRY_RELEASE'), meaning: 'the release that errors are counted for' },
  sentryEnvironment: { names: option('SENTRY_ENVIRONMENT'), meaning: 'such as `staging`' },
  sentrySampleRate: {
    names: option('SENTRY_SAMPLE_RATE'),
    meaning: 'the share of errors that is reported, 0 to 1. Default 1',
  },
  sentryRedactParams: {
    names: option('SENTRY_REDACT_PARAMS'),
    meaning: '`true` leaves arguments out of reports. They are always left out when payloads are encrypted',
  },

  deploymentName: {
    names: ['TEMPORAL_DEPLOYMENT_NAME'],
    meaning: 'the Worker Deployment; with a build id the worker is versioned',
  },
  buildId: { names: ['TEMPORAL_WORKER_BUILD_ID', 'WORKER_BUILD_ID'], meaning: 'the Build ID of this version' },

  metricsAddress: {
    names: ['TEMPORAL_PROMETHEUS_BIND_ADDRESS'],
    meaning: "where the SDK's metrics are served, `address:port`; nowhere when neither this nor the next is set",
  },
  metricsPort: { names: option('PROMETHEUS_PORT'), meaning: 'the same as a port on all addresses' },
  healthAddress: {
    names: ['TEMPORAL_WORKER_HEALTH_ADDRESS'],
    meaning:
      'where `/healthz` and `/metrics` of the kit are served, `address:port`; nowhere when not set. A port alone: on this machine only, at the loopback address of `TEMPORAL_PROMETHEUS_BIND_ADDRESS` where that is one',
  },
  workloadMetricsPort: {
    names: option('WORKLOAD_PROMETHEUS_PORT'),
    meaning:
      'the port for them when the program hands in metrics of its own (`workloadMetrics`), on all addresses or at that loopback address',
  },
} as const satisfies Readonly<Record<string, Variable>>;

export type VariableKey = keyof typeof variables;

/** Read besides them, under the names that every program uses; lower case goes before upper case. */
export const proxyVariables = [
  'https_proxy',
  'HTTPS_PROXY',
  'http_proxy',
  'HTTP_PROXY',
  'no_proxy',
  'NO_PROXY',
] as const;

/** `TEMPORAL_GRPC_META_X_TENANT=a` adds the header `x-tenant: a` to each call. */
export const headerPrefix = 'TEMPORAL_GRPC_META_';
