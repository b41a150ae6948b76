/**
 * The 27 options of charm 1.0 that the worker finds in its environment as `TWC_<NAME>` and `TEMPORAL_<NAME>`. The
 * other options are never rendered, so that a change of one restarts nothing.
 */
export const renderedOptions = [
  'log-level',
  'host',
  'namespace',
  'queue',
  'sentry-dsn',
  'sentry-release',
  'sentry-environment',
  'sentry-redact-params',
  'sentry-sample-rate',
  'encryption-key',
  'auth-provider',
  'candid-url',
  'candid-username',
  'candid-public-key',
  'candid-private-key',
  'oidc-auth-type',
  'oidc-project-id',
  'oidc-private-key-id',
  'oidc-private-key',
  'oidc-client-email',
  'oidc-client-id',
  'oidc-auth-uri',
  'oidc-token-uri',
  'oidc-auth-cert-url',
  'oidc-client-cert-url',
  'tls-root-cas',
  'db-name',
] as const;

/** Those of them whose value is kept secret although an option cannot. */
export const secretOptions: readonly string[] = [
  'sentry-dsn',
  'encryption-key',
  'candid-private-key',
  'oidc-private-key',
];

/** What an auth provider cannot do without. */
export const providerOptions: Readonly<Record<string, readonly string[]>> = {
  candid: ['candid-url', 'candid-username', 'candid-public-key', 'candid-private-key'],
  google: [
    'oidc-auth-type',
    'oidc-project-id',
    'oidc-private-key-id',
    'oidc-private-key',
    'oidc-client-email',
    'oidc-client-id',
    'oidc-auth-uri',
    'oidc-token-uri',
    'oidc-auth-cert-url',
    'oidc-client-cert-url',
  ],
};

/** The keys that the secret of `auth-secret-id` may have; others are passed over. */
export const authOptions: readonly string[] = [
  'encryption-key',
  'auth-provider',
  ...Object.values(providerOptions).flat(),
];

/** Port on which a worker of this charm shows its SDK's metrics. */
export const sdkMetricsPort = 9000;

/** Accepted in any case. */
export const logLevels: readonly string[] = ['debug', 'info', 'warning', 'error', 'critical'];
