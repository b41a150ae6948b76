import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { layer, type ServerFacts, serverCommand } from '../../../../src/companions/temporal-k8s/layer.ts';

const facts: ServerFacts = {
  binary: '/opt/temporal',
  dataDir: '/data/units/temporal-k8s-0/data',
  settings: { port: 7233, uiPort: 8233, metricsPort: 0 },
  headless: false,
};

test('runs the development server on the loopback address with its database file', () => {
  expect(serverCommand(facts)).toBe(
    '/opt/temporal server start-dev --ip=127.0.0.1 --port=7233 --ui-port=8233 --db-filename=/data/units/temporal-k8s-0/data/temporal.db --log-level=warn',
  );
});

test('leaves the UI out when it is headless, and names a metrics port when one is set', () => {
  const command = serverCommand({ ...facts, headless: true, settings: { ...facts.settings, metricsPort: 9090 } });
  expect(command).toContain(' --headless --metrics-port=9090 ');
  expect(command).not.toContain('--ui-port');
});

test('quotes paths that Pebble would split', () => {
  expect(serverCommand({ ...facts, binary: "/it's here/temporal" })).toMatch(/^'\/it'"'"'s here\/temporal' server /);
});

test('checks the port that the server listens on', () => {
  expect(parse(layer(facts)).checks['temporal-up'].tcp).toEqual({ host: '127.0.0.1', port: 7233 });
});
