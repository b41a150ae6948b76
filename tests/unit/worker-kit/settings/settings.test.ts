import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SettingsError } from '../../../../worker-kit/src/settings/environment.ts';
import { readConnectionSettings, readWorkerSettings } from '../../../../worker-kit/src/settings/settings.ts';
import { variables } from '../../../../worker-kit/src/settings/variables.ts';

const required = { TWC_HOST: 'temporal', TWC_NAMESPACE: 'test', TWC_QUEUE: 'test-queue' };
const key = Buffer.alloc(32, 1).toString('base64');
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const rsa = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const pem = '-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----';

function problemsOf(env: Record<string, string>): readonly string[] {
  try {
    readWorkerSettings({ ...required, ...env });
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
  return [];
}

test("reads the charm's options, of which most are empty, and fills in the rest", () => {
  const empty = Object.fromEntries(
    Object.values(variables)
      .flatMap((variable) => variable.names)
      .map((name) => [name, '']),
  );
  expect(
    readWorkerSettings({ ...empty, ...required, TWC_SENTRY_SAMPLE_RATE: '1', TWC_OIDC_AUTH_TYPE: 'service_account' }),
  ).toEqual({
    address: 'temporal:7233',
    namespace: 'test',
    taskQueue: 'test-queue',
    logLevel: 'INFO',
    stopTimeoutMs: 30_000,
    headers: {},
    encryptionKeys: [],
    secrets: [],
  });
});

test('prefers the derived address, for the option may hold one from before a relation', () => {
  const env = { ...required, TEMPORAL_HOST: 'old', TEMPORAL_ADDRESS: 'related:7234' };
  expect(readWorkerSettings(env).address).toBe('related:7234');
});

test("reads the SDKs' standard names alone", () => {
  const env = {
    TEMPORAL_ADDRESS: 'cloud:443',
    TEMPORAL_NAMESPACE: 'ns',
    TEMPORAL_TASK_QUEUE: 'q',
    TEMPORAL_API_KEY: 'abcdef',
  };
  expect(readWorkerSettings(env)).toMatchObject({
    address: 'cloud:443',
    namespace: 'ns',
    taskQueue: 'q',
    apiKey: 'abcdef',
    tls: {},
    secrets: ['abcdef'],
  });
});

test('a client needs no task queue', () => {
  expect(readConnectionSettings({ TWC_HOST: 'temporal', TWC_NAMESPACE: 'test' }).namespace).toBe('test');
});

test.each([
  { address: 'localhost', wanted: 'localhost:7233' },
  { address: '::1', wanted: '[::1]:7233' },
  { address: '[::1]:80', wanted: '[::1]:80' },
  { address: '10.0.0.1:1', wanted: '10.0.0.1:1' },
])('reads the address $address as $wanted', ({ address, wanted }) => {
  expect(readWorkerSettings({ ...required, TWC_HOST: address }).address).toBe(wanted);
});

test.each([
  {
    name: 'an address with a path',
    env: { TWC_HOST: 'a/b' },
    problem: 'cannot use TWC_HOST "a/b": it is no address (host or host:port)',
  },
  {
    name: 'a port that is none',
    env: { TWC_HOST: 'a:70000' },
    problem: 'cannot use TWC_HOST "a:70000": its port is not a number from 1 to 65535',
  },
  {
    name: 'an unknown log level',
    env: { TWC_LOG_LEVEL: 'loud' },
    problem: 'cannot use TWC_LOG_LEVEL "loud": there is no such level (debug, info, warning, error, critical)',
  },
  {
    name: 'a duration without a unit that is known',
    env: { TEMPORAL_WORKER_STOP_TIMEOUT: '3d' },
    problem: 'cannot use TEMPORAL_WORKER_STOP_TIMEOUT "3d": it is no duration (such as 30s, 1m30s or 500ms)',
  },
  {
    name: 'a deployment without a build',
    env: { TEMPORAL_DEPLOYMENT_NAME: 'd' },
    problem:
      'cannot version the worker: TEMPORAL_DEPLOYMENT_NAME is set and TEMPORAL_WORKER_BUILD_ID or WORKER_BUILD_ID is not (set both, or neither)',
  },
  {
    name: 'a CA that is no PEM',
    env: { TWC_TLS_ROOT_CAS: 'MII' },
    problem: 'cannot use TWC_TLS_ROOT_CAS "MII": it is no PEM text (it begins with -----BEGIN)',
  },
  {
    name: 'a client key that is no PEM, which is not shown',
    env: { TEMPORAL_TLS_CLIENT_KEY_DATA: 'hidden', TEMPORAL_TLS_CLIENT_CERT_PATH: '/c' },
    problem: 'cannot use TEMPORAL_TLS_CLIENT_KEY_DATA: it is no PEM text (it begins with -----BEGIN)',
  },
  {
    name: 'a certificate without its key',
    env: { TEMPORAL_TLS_CLIENT_CERT_PATH: '/c' },
    problem: 'cannot use a client certificate without its key (set TEMPORAL_TLS_CLIENT_KEY_PATH or _DATA)',
  },
  {
    name: 'a certificate as file and as text',
    env: { TEMPORAL_TLS_SERVER_CA_CERT_PATH: '/c', TEMPORAL_TLS_SERVER_CA_CERT_DATA: pem },
    problem:
      'cannot use both TEMPORAL_TLS_SERVER_CA_CERT_PATH and TEMPORAL_TLS_SERVER_CA_CERT_DATA (unset one of them)',
  },
  {
    name: 'an API key and a client certificate',
    env: { TEMPORAL_API_KEY: 'k', TEMPORAL_TLS_CLIENT_CERT_PATH: '/c', TEMPORAL_TLS_CLIENT_KEY_PATH: '/k' },
    problem:
      'cannot use both an API key and a client certificate: TEMPORAL_API_KEY and TEMPORAL_TLS_CLIENT_CERT_PATH or _DATA are set (a Temporal endpoint takes one of them: unset the other)',
  },
  {
    name: 'verification that is to be left out',
    env: { TEMPORAL_TLS_DISABLE_HOST_VERIFICATION: 'true' },
    problem:
      "cannot use TEMPORAL_TLS_DISABLE_HOST_VERIFICATION: the SDK always verifies the server's certificate (give its CA in TEMPORAL_TLS_SERVER_CA_CERT_PATH and its name in TEMPORAL_TLS_SERVER_NAME)",
  },
  {
    name: 'old keys without a new one',
    env: { TEMPORAL_ENCRYPTION_PREVIOUS_KEYS: key },
    problem:
      'cannot use TEMPORAL_ENCRYPTION_PREVIOUS_KEYS alone: TWC_ENCRYPTION_KEY or TEMPORAL_ENCRYPTION_KEY is not set (the key to write with)',
  },
  {
    name: 'Google without an account',
    env: { TWC_AUTH_PROVIDER: 'google', TWC_OIDC_PRIVATE_KEY: rsa, TWC_OIDC_PRIVATE_KEY_ID: '1' },
    problem:
      'cannot read the environment: TWC_OIDC_CLIENT_EMAIL or TEMPORAL_OIDC_CLIENT_EMAIL is not set, which auth-provider "google" needs',
  },
  {
    name: 'half a key for Google',
    env: {
      TWC_AUTH_PROVIDER: 'google',
      TWC_OIDC_PRIVATE_KEY: rsa.slice(0, 200),
      TWC_OIDC_PRIVATE_KEY_ID: '1',
      TWC_OIDC_CLIENT_EMAIL: 'a',
    },
    problem:
      "cannot use TWC_OIDC_PRIVATE_KEY: it is no RSA private key in PEM (as in the account's JSON file, field private_key)",
  },
  {
    name: 'a key for Candid that is too short',
    env: {
      TWC_AUTH_PROVIDER: 'candid',
      TWC_CANDID_URL: 'https://c',
      TWC_CANDID_USERNAME: 'u',
      TWC_CANDID_PRIVATE_KEY: 'abcd',
    },
    problem: 'cannot use TWC_CANDID_PRIVATE_KEY: it is no key of 32 bytes in base64',
  },
  {
    name: 'a token and an API key',
    env: {
      TWC_AUTH_PROVIDER: 'candid',
      TWC_CANDID_URL: 'https://c',
      TWC_CANDID_USERNAME: 'u',
      TWC_CANDID_PRIVATE_KEY: key,
      TEMPORAL_API_KEY: 'k',
    },
    problem: 'cannot send both an API key and a token: TEMPORAL_API_KEY and auth-provider are set (unset one of them)',
  },
  {
    name: 'a DSN that is none',
    env: { TWC_SENTRY_DSN: 'sentry.io' },
    problem: 'cannot use TWC_SENTRY_DSN "sentry.io": it is no Sentry DSN (https://<key>@<host>/<project number>)',
  },
  {
    name: 'a share above 1',
    env: { TWC_SENTRY_DSN: 'https://k@s/1', TWC_SENTRY_SAMPLE_RATE: '2' },
    problem: 'cannot use TWC_SENTRY_SAMPLE_RATE "2": it is not a number from 0 to 1',
  },
  {
    name: 'a proxy that is none',
    env: { TEMPORAL_PROXY_HOST: 'https://p' },
    problem: 'cannot use TEMPORAL_PROXY_HOST "https://p": it is no HTTP proxy (host:port or http://host:port)',
  },
])('refuses $name', ({ env, problem }) => {
  expect(problemsOf(env as Record<string, string>)).toEqual([problem]);
});

test('an ignored sample rate is no problem without a DSN', () => {
  expect(problemsOf({ TWC_SENTRY_SAMPLE_RATE: '2' })).toEqual([]);
});

test('reads keys whose lines are separated by the two characters \\n', () => {
  const env = { ...required, TWC_AUTH_PROVIDER: 'google', TWC_OIDC_CLIENT_EMAIL: 'a@b', TWC_OIDC_PRIVATE_KEY_ID: '1' };
  expect(readWorkerSettings({ ...env, TWC_OIDC_PRIVATE_KEY: rsa.replaceAll('\n', '\\n') }).auth).toEqual({
    provider: 'google',
    clientEmail: 'a@b',
    privateKeyId: '1',
    privateKey: rsa,
    tokenUri: 'https://oauth2.googleapis.com/token',
    refreshIntervalMs: 1_800_000,
  });
});

test('headers come from the environment, in lower case and with hyphens', () => {
  expect(
    readWorkerSettings({ ...required, TEMPORAL_GRPC_META_X_TENANT_ID: 'a', TEMPORAL_GRPC_META_EMPTY: '' }).headers,
  ).toEqual({
    'x-tenant-id': 'a',
  });
});

test('no text of the environment gets anything but settings or a SettingsError, and no secret into its message', () => {
  const names = Object.values(variables).flatMap((variable) => variable.names);
  const secret = Object.values(variables).flatMap((variable) => ('secret' in variable ? variable.names : []));
  fc.assert(
    fc.property(
      fc.dictionary(fc.constantFrom(...names), fc.string({ unit: 'binary' })),
      fc.constantFrom(...secret),
      (env, name) => {
        try {
          readWorkerSettings({ ...env, TWC_AUTH_PROVIDER: 'candid', [name]: 'canary/secret' });
        } catch (error) {
          expect(error).toBeInstanceOf(SettingsError);
          expect((error as Error).message).not.toContain('canary/secret');
        }
      },
    ),
  );
});
