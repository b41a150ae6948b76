import { expect, test } from 'vitest';
import { readSettings } from '../../../../charm/config.ts';
import { environment, explainedEnvironment } from '../../../../charm/environment/environment.ts';
import type { Variable } from '../../../../charm/environment/variable.ts';
import { renderedOptions } from '../../../../charm/options.ts';
import type { Text } from '../../../../charm/secret.ts';
import type { Config, Proxies } from '../../../../charm/types.ts';
import { config } from '../facts.ts';

const none: Proxies = { http: '', https: '', no: '' };

interface Over {
  readonly proxies?: Proxies;
  readonly byHand?: Readonly<Record<string, Text>>;
  readonly auth?: Readonly<Record<string, Text>>;
  readonly address?: string;
}

function written(byHand: Readonly<Record<string, Text>>): Variable[] {
  return Object.entries(byHand).map(([name, value], index) => ({ name, value, source: `environment.env[${index}]` }));
}

function rendered(options: Config = {}, { proxies = none, byHand = {}, auth = {}, address = '' }: Over = {}) {
  const all = config(options);
  const told = {
    identity: 'worker/0@cdac5656',
    address,
    connection: [],
    databaseVariables: [],
    hostSource: 'option host',
  };
  return environment({ ...told, config: all, settings: readSettings(all), proxies, byHand: written(byHand), auth });
}

test('renders the 27 options of 1.0 under both prefixes, as config-get printed them', () => {
  const options = Object.fromEntries(renderedOptions.map((name) => [name, '']));
  const found = rendered({
    ...options,
    host: 't',
    namespace: 'ns',
    queue: 'q',
    'sentry-sample-rate': 1,
    'sentry-redact-params': true,
  });
  expect(renderedOptions).toHaveLength(27);
  expect(Object.keys(found).filter((name) => name.startsWith('TWC_'))).toHaveLength(28);
  expect(found).toMatchObject({
    TWC_HOST: 't',
    TEMPORAL_HOST: 't',
    TWC_SENTRY_SAMPLE_RATE: '1',
    TEMPORAL_SENTRY_REDACT_PARAMS: 'true',
    TWC_TLS_ROOT_CAS: '',
    TWC_PROMETHEUS_PORT: '9000',
    TEMPORAL_PROMETHEUS_PORT: '9000',
  });
});

test('spells every option of 1.0 as 1.0 does', () => {
  expect(renderedOptions.toSorted()).toEqual([
    ...['auth-provider', 'candid-private-key', 'candid-public-key', 'candid-url', 'candid-username', 'db-name'],
    ...['encryption-key', 'host', 'log-level', 'namespace', 'oidc-auth-cert-url', 'oidc-auth-type', 'oidc-auth-uri'],
    ...['oidc-client-cert-url', 'oidc-client-email', 'oidc-client-id', 'oidc-private-key', 'oidc-private-key-id'],
    ...['oidc-project-id', 'oidc-token-uri', 'queue', 'sentry-dsn', 'sentry-environment', 'sentry-redact-params'],
    ...['sentry-release', 'sentry-sample-rate', 'tls-root-cas'],
  ]);
});

test('adds the names of the SDKs, of the worker controller and of the guides', () => {
  expect(rendered({ host: 'h' })).toMatchObject({
    TEMPORAL_ADDRESS: 'h:7233',
    TEMPORAL_HOST_PORT: 'h:7233',
    TEMPORAL_HOST_URL: 'h:7233',
    TEMPORAL_NAMESPACE: 'default',
    TEMPORAL_TASK_QUEUE: 'q1',
    TEMPORAL_WORKER_IDENTITY: 'worker/0@cdac5656',
    TEMPORAL_PROMETHEUS_BIND_ADDRESS: '0.0.0.0:9000',
  });
});

test('renders workload-prometheus-port when it is set, and of our own options only by when a worker has to be done', () => {
  expect(rendered()).not.toHaveProperty('TWC_WORKLOAD_PROMETHEUS_PORT');
  const found = rendered({
    'workload-prometheus-port': 9100,
    'stop-timeout': '1m',
    'start-timeout': '1s',
    'poller-evidence': 'off',
  });
  expect(found.TEMPORAL_WORKLOAD_PROMETHEUS_PORT).toBe('9100');
  expect(Object.keys(found).filter((name) => /STOP|START|EVIDENCE/.test(name))).toEqual([
    'TEMPORAL_WORKER_STOP_TIMEOUT',
  ]);
  expect(found.TEMPORAL_WORKER_STOP_TIMEOUT).toBe('1m0s');
});

test('gives the proxies in both cases and leaves out those that are not set', () => {
  const found = rendered({}, { proxies: { http: 'http://p:3128', https: '', no: 'localhost' } });
  expect(found).toMatchObject({
    HTTP_PROXY: 'http://p:3128',
    http_proxy: 'http://p:3128',
    NO_PROXY: 'localhost',
    no_proxy: 'localhost',
  });
  expect(found).not.toHaveProperty('HTTPS_PROXY');
});

test("the user's own proxy stays, in both cases, whatever the model says", () => {
  const proxies = { http: 'http://p:3128', https: 'http://s:3128', no: 'localhost' };
  expect(rendered({}, { proxies, byHand: { NO_PROXY: 'mine', https_proxy: 'lower' } })).toMatchObject({
    NO_PROXY: 'mine',
    no_proxy: 'mine',
    https_proxy: 'lower',
    HTTPS_PROXY: 'lower',
    http_proxy: 'http://p:3128',
  });
});

test('what the user wrote by hand wins over options, and the auth secret over both', () => {
  const found = rendered(
    { 'encryption-key': 'option' },
    { byHand: { TEMPORAL_HOST: 'mine', TWC_ENCRYPTION_KEY: 'mine' }, auth: { 'encryption-key': 'secret' } },
  );
  expect(found).toMatchObject({
    TEMPORAL_HOST: 'mine',
    TWC_HOST: 'temporal.example:7233',
    TWC_ENCRYPTION_KEY: 'secret',
    TEMPORAL_ENCRYPTION_KEY: 'secret',
  });
});

test('does not depend on the order of the options', () => {
  const turned = Object.fromEntries(Object.entries(config()).reverse());
  const none = {
    proxies: { http: '', https: '', no: '' },
    connection: [],
    hostSource: 'option host',
    byHand: [],
    auth: {},
    identity: 'i',
    address: '',
    databaseVariables: [],
  };
  const one = environment({ config: turned, settings: readSettings(turned), ...none });
  const other = environment({ config: config(), settings: readSettings(config()), ...none });
  expect(JSON.stringify(one)).toBe(JSON.stringify(other));
});

test('shows metrics on the address that is the unit’s own, and on all where it has a network to itself', () => {
  expect(rendered({}).TEMPORAL_PROMETHEUS_BIND_ADDRESS).toBe('0.0.0.0:9000');
  expect(rendered({}, { address: '127.20.0.3' }).TEMPORAL_PROMETHEUS_BIND_ADDRESS).toBe('127.20.0.3:9000');
});

test('tells of each variable where it comes from, and what it shadows', () => {
  const all = config({ host: 'h', 'encryption-key': 'old' });
  const explained = explainedEnvironment({
    config: all,
    settings: readSettings(all),
    identity: 'i',
    address: '',
    connection: [],
    databaseVariables: [],
    hostSource: 'option host',
    proxies: { ...none, no: 'model' },
    byHand: [
      { name: 'A', value: '1', source: 'environment.env[0]' },
      { name: 'A', value: '2', source: 'environment.juju[0] (secret s, key a)' },
      { name: 'TEMPORAL_ENCRYPTION_KEY', value: 'mine', source: 'environment.env[1]' },
      { name: 'NO_PROXY', value: 'own', source: 'environment.env[2]' },
    ],
    auth: { 'encryption-key': 'new' },
  });
  const of = (name: string) => explained.find((variable) => variable.name === name);
  expect(of('A')).toEqual({
    name: 'A',
    value: '2',
    source: 'environment.juju[0] (secret s, key a)',
    shadows: ['environment.env[0]'],
  });
  expect(of('TEMPORAL_ENCRYPTION_KEY')).toEqual({
    name: 'TEMPORAL_ENCRYPTION_KEY',
    value: 'new',
    source: 'auth-secret-id',
    shadows: ['environment.env[1]', 'option encryption-key'],
  });
  expect([of('NO_PROXY'), of('no_proxy')]).toEqual(
    ['NO_PROXY', 'no_proxy'].map((name) => ({
      name,
      value: 'own',
      source: 'environment.env[2]',
      shadows: ['model setting juju-no-proxy'],
    })),
  );
  expect(of('TEMPORAL_ADDRESS')?.source).toBe('derived from option host');
});
