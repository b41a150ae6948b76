import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { layer } from '../../../../src/companions/server-service.ts';
import { type ServerFacts, temporalServer } from '../../../../src/companions/temporal-k8s/temporal-server.ts';

const facts: ServerFacts = {
  binary: { path: '/opt/temporal', version: '1.5.1' },
  dataDir: '/data/units/temporal-k8s-0/data',
  settings: { port: 7233, uiPort: 8233, metricsPort: 0 },
  headless: false,
};
const commandOf = (changes: Partial<ServerFacts>): string =>
  parse(layer(temporalServer({ ...facts, ...changes }))).services.temporal.command;

test('runs the development server on the loopback address with its database file', () => {
  expect(commandOf({})).toBe(
    '/opt/temporal server start-dev --ip=127.0.0.1 --port=7233 --ui-port=8233 --db-filename=/data/units/temporal-k8s-0/data/temporal.db --log-level=warn',
  );
});

test('leaves the UI out when it is headless, and names a metrics port when one is set', () => {
  const command = commandOf({ headless: true, settings: { ...facts.settings, metricsPort: 9090 } });
  expect(command).toContain(' --headless --metrics-port=9090 ');
  expect(command).not.toContain('--ui-port');
});

test('quotes paths that Pebble would split', () => {
  expect(commandOf({ binary: { path: "/it's here/temporal", version: '1.5.1' } })).toMatch(
    /^'\/it'"'"'s here\/temporal' server /,
  );
});

test('checks the port that the server listens on', () => {
  expect(parse(layer(temporalServer(facts))).checks).toEqual({
    'temporal-up': {
      override: 'replace',
      tcp: { host: '127.0.0.1', port: 7233 },
      period: '2s',
      timeout: '1s',
      threshold: 1,
    },
  });
});
