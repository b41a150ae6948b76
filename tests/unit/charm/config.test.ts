import fc from 'fast-check';
import { expect, test } from 'vitest';
import { configProblems, readSettings } from '../../../charm/config.ts';
import { joinProblems } from '../../../charm/problem.ts';
import { reconcile } from '../../../charm/reconcile.ts';
import type { Config } from '../../../charm/types.ts';
import { config, facts } from './facts.ts';

const candid = {
  'auth-provider': 'candid',
  'candid-url': 'u',
  'candid-username': 'n',
  'candid-public-key': 'p',
  'candid-private-key': 'k',
};

const cases: readonly { readonly name: string; readonly options: Config; readonly problem: string }[] = [
  { name: 'no host', options: { host: '' }, problem: 'Invalid config: host value missing' },
  { name: 'no namespace', options: { namespace: '' }, problem: 'Invalid config: namespace value missing' },
  { name: 'blanks for a queue', options: { queue: '  ' }, problem: 'Invalid config: queue value missing' },
  {
    name: 'a log level in lower case as 1.0 says it',
    options: { 'log-level': 'TRACE' },
    problem: "config: invalid log level 'trace'",
  },
  { name: 'an empty log level', options: { 'log-level': '' }, problem: "config: invalid log level ''" },
  {
    name: 'an unknown auth provider',
    options: { 'auth-provider': 'okta' },
    problem: 'Invalid config: auth-provider not supported',
  },
  {
    name: 'an auth provider named as an object member',
    options: { 'auth-provider': 'constructor' },
    problem: 'Invalid config: auth-provider not supported',
  },
  {
    name: 'candid without a key',
    options: { ...candid, 'candid-private-key': '' },
    problem: 'Invalid config: candid-private-key value missing',
  },
  {
    name: 'a sample rate beyond 1 when Sentry is used',
    options: { 'sentry-dsn': 'https://k@s/1', 'sentry-sample-rate': 1.5 },
    problem: 'Invalid config: sentry-sample-rate must be between 0 and 1',
  },
  {
    name: 'a host with a scheme',
    options: { host: 'http://t:7233' },
    problem: 'cannot use config option "host": got "http://t:7233" (host or host:port, without a scheme)',
  },
  {
    name: 'a port that is none',
    options: { host: 't:99999' },
    problem: 'cannot use config option "host": got "t:99999" (host or host:port, without a scheme)',
  },
  {
    name: 'a stop-timeout without a unit',
    options: { 'stop-timeout': '30' },
    problem: 'cannot use config option "stop-timeout": got "30" (a duration from 0s to 5m, such as 30s)',
  },
  {
    name: 'a stop-timeout that Juju would cut short',
    options: { 'stop-timeout': '6m' },
    problem: 'cannot use config option "stop-timeout": got "6m" (a duration from 0s to 5m, such as 30s)',
  },
  {
    name: 'a start-timeout in words',
    options: { 'start-timeout': 'soon' },
    problem: 'cannot use config option "start-timeout": got "soon" (a duration from 0s to 5m, such as 15s)',
  },
  {
    name: 'another poller-evidence',
    options: { 'poller-evidence': 'maybe' },
    problem: 'cannot use config option "poller-evidence": got "maybe" (auto, required or off)',
  },
  {
    name: 'workload-prometheus-port 0',
    options: { 'workload-prometheus-port': 0 },
    problem: 'cannot use config option "workload-prometheus-port": got 0 (a port from 1 to 65535)',
  },
  {
    name: 'an auth-secret-id that is a name',
    options: { 'auth-secret-id': 'my-secret' },
    problem: 'cannot use config option "auth-secret-id": got "my-secret" (a secret\'s id such as secret:d0abc…)',
  },
  {
    name: 'a tls-secret-id that is a name',
    options: { 'tls-secret-id': 'tls' },
    problem: 'cannot use config option "tls-secret-id": got "tls" (a secret\'s id such as secret:d0abc…)',
  },
  {
    name: 'an api-key-secret-id that is a name',
    options: { 'api-key-secret-id': 'api' },
    problem: 'cannot use config option "api-key-secret-id": got "api" (a secret\'s id such as secret:d0abc…)',
  },
  {
    name: 'another tls-rotation',
    options: { 'tls-rotation': 'sometimes' },
    problem: 'cannot use config option "tls-rotation": got "sometimes" (restart, signal or none)',
  },
  {
    name: 'a NUL in an option',
    options: { 'tls-root-cas': 'a\0b' },
    problem: 'cannot use config option "tls-root-cas": it holds a NUL character',
  },
];

test.each(cases)('blocks on $name', ({ options, problem }) => {
  const desired = reconcile(facts({ config: config(options) }));
  expect(desired.status).toEqual({ name: 'blocked', message: problem });
  expect(desired).toMatchObject({ layer: null, lookAgain: false, waitUntil: null });
});

test('tells all problems at once and says what they share only once', () => {
  const problems = configProblems(config({ 'log-level': 'x', host: '', namespace: '', 'stop-timeout': 'x' }));
  expect(joinProblems(problems)).toBe(
    `config: invalid log level 'x'; Invalid config: host value missing; namespace value missing; ` +
      'cannot use config option "stop-timeout": got "x" (a duration from 0s to 5m, such as 30s)',
  );
});

test.each(['Info', 'WARNING', 'critical'])('accepts log-level %s in any case', (level) => {
  expect(configProblems(config({ 'log-level': level }))).toEqual([]);
});

test('does not look at the auth options when a secret stands for them', () => {
  const options = config({ 'auth-provider': 'okta', 'auth-secret-id': 'secret:d0authauthauthauthau' });
  expect(configProblems(options)).toEqual([]);
});

test('does not look at the sample rate while Sentry is not used', () => {
  expect(configProblems(config({ 'sentry-sample-rate': 7 }))).toEqual([]);
});

test('reads the settings', () => {
  const settings = readSettings(config({ host: 't', 'stop-timeout': '1m30s', 'workload-prometheus-port': 9100 }));
  expect(settings).toEqual({
    host: 't',
    address: { host: 't', port: 7233 },
    namespace: 'default',
    queue: 'q1',
    stopTimeoutMs: 90_000,
    startTimeoutMs: 15_000,
    pollerEvidence: 'auto',
    workloadPrometheusPort: 9100,
    authSecretId: '',
    tlsSecretId: '',
    apiKeySecretId: '',
    tlsRotation: 'restart',
  });
});

test('finds problems or none, and never throws, whatever the options hold', () => {
  const value = fc.oneof(fc.string({ unit: 'binary' }), fc.double(), fc.boolean(), fc.integer());
  const names = fc.constantFrom(...Object.keys(config()), 'workload-prometheus-port', 'tls-root-cas');
  fc.assert(
    fc.property(fc.dictionary(names, value), (options) => {
      const desired = reconcile(facts({ config: config(options as Config) }));
      expect(desired.status?.message).not.toBe('');
    }),
  );
});
