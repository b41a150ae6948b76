import { expect, test } from 'vitest';
import { settingsFrom } from '../../../sample/src/settings.ts';

const required = { TWC_HOST: 'temporal:7233', TWC_NAMESPACE: 'test', TWC_QUEUE: 'test-queue' };

test("reads the charm's options", () => {
  expect(settingsFrom(required)).toEqual({
    address: 'temporal:7233',
    namespace: 'test',
    taskQueue: 'test-queue',
    logLevel: 'INFO',
  });
});

test("reads the SDKs' standard names where the charm's are missing or empty", () => {
  const env = {
    TWC_HOST: '',
    TEMPORAL_ADDRESS: 'cloud:443',
    TEMPORAL_NAMESPACE: 'ns',
    TWC_QUEUE: '',
    TEMPORAL_TASK_QUEUE: 'q',
  };
  expect(settingsFrom(env)).toMatchObject({ address: 'cloud:443', namespace: 'ns', taskQueue: 'q' });
});

test("prefers the charm's names", () => {
  const env = { ...required, TEMPORAL_ADDRESS: 'other:1', TEMPORAL_NAMESPACE: 'other', TEMPORAL_TASK_QUEUE: 'other' };
  expect(settingsFrom(env)).toEqual(settingsFrom(required));
});

test('names everything that is missing at once', () => {
  expect(() => settingsFrom({ TWC_NAMESPACE: 'test' })).toThrow(
    "cannot read the worker's settings: not set: address, taskQueue (set TWC_HOST or TEMPORAL_HOST or TEMPORAL_ADDRESS; TWC_QUEUE or TEMPORAL_QUEUE or TEMPORAL_TASK_QUEUE)",
  );
});

const addresses = [
  { host: 'temporal', address: 'temporal:7233' },
  { host: 'temporal:7244', address: 'temporal:7244' },
  { host: '[::1]', address: '[::1]:7233' },
  { host: '[::1]:7244', address: '[::1]:7244' },
];
for (const { host, address } of addresses) {
  test(`connects to ${address} when the host is ${host}`, () => {
    expect(settingsFrom({ ...required, TWC_HOST: host }).address).toBe(address);
  });
}

test('takes a log level of the charm in any case, and refuses another', () => {
  expect(settingsFrom({ ...required, TWC_LOG_LEVEL: 'Warning' }).logLevel).toBe('WARN');
  expect(() => settingsFrom({ ...required, TWC_LOG_LEVEL: 'loud' })).toThrow(
    'cannot use log level "loud" from TWC_LOG_LEVEL or TEMPORAL_LOG_LEVEL (debug, info, warning, error, critical)',
  );
});

test('serves metrics on the whole address, or on every interface when only a port is given', () => {
  expect(settingsFrom({ ...required, TWC_PROMETHEUS_PORT: '9000' }).metricsAddress).toBe('0.0.0.0:9000');
  const both = { ...required, TWC_PROMETHEUS_PORT: '9000', TEMPORAL_PROMETHEUS_BIND_ADDRESS: '127.0.0.1:9001' };
  expect(settingsFrom(both).metricsAddress).toBe('127.0.0.1:9001');
});
