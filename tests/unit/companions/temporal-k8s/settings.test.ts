import { expect, test } from 'vitest';
import { settingsFrom } from '../../../../src/companions/temporal-k8s/settings.ts';

const defaults = { port: 7233, 'ui-port': 8233, 'metrics-port': 0 };

test('reads the defaults', () => {
  expect(settingsFrom(defaults)).toEqual({ settings: { port: 7233, uiPort: 8233, metricsPort: 0 }, problems: [] });
});

const refused = [
  { name: 'port 0', config: { port: 0 }, problem: "config: invalid port '0' (a number from 1 to 65535)" },
  {
    name: 'a port beyond 65535',
    config: { port: 70000 },
    problem: "config: invalid port '70000' (a number from 1 to 65535)",
  },
  {
    name: 'a negative UI port',
    config: { 'ui-port': -1 },
    problem: "config: invalid ui-port '-1' (a number from 1 to 65535)",
  },
  {
    name: 'two equal ports',
    config: { 'ui-port': 7233 },
    problem: 'config: port, ui-port and metrics-port must differ',
  },
];
for (const { name, config, problem } of refused) {
  test(`refuses ${name}`, () => {
    expect(settingsFrom({ ...defaults, ...config }).problems).toEqual([problem]);
  });
}
