import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { findGrafana } from '../../../src/companions/grafana-k8s/grafana-binary.ts';
import {
  configurationFile,
  renderDashboardProvider,
  renderDashboards,
  renderDataSources,
  renderIni,
} from '../../../src/companions/grafana-k8s/provisioning.ts';
import { settingsFrom } from '../../../src/companions/grafana-k8s/settings.ts';

const cache = mkdtempSync(join(tmpdir(), 'grafana-files-'));
afterAll(() => rmSync(cache, { recursive: true, force: true }));

const source = {
  name: 'juju_cos_u_prometheus_0',
  type: 'prometheus',
  url: 'http://127.0.0.1:9090',
  unit: 'prometheus/0',
  extraFields: { timeInterval: '15s' },
  secureExtraFields: {},
};

test('renders data sources as the charm does, with its timeout unless they have a longer one', () => {
  const slow = { ...source, name: 'slow', extraFields: { timeout: 900 }, secureExtraFields: { token: 'x' } };
  const rendered = renderDataSources([source, slow], { queryTimeoutS: 300, gone: ['old'] });
  const common = { orgId: 1, access: 'proxy', isDefault: false, type: 'prometheus', url: 'http://127.0.0.1:9090' };
  expect(parse(rendered)).toEqual({
    apiVersion: 1,
    datasources: [
      { ...common, name: 'juju_cos_u_prometheus_0', jsonData: { timeInterval: '15s', timeout: 300 } },
      { ...common, name: 'slow', jsonData: { timeout: 900 }, secureJsonData: { token: 'x' } },
    ],
    deleteDatasources: [{ orgId: 1, name: 'old' }],
  });
});

test('has Grafana look into the directory of dashboards every five seconds', () => {
  expect(parse(renderDashboardProvider('/data'))).toEqual({
    apiVersion: 1,
    providers: [
      { name: 'Default', updateIntervalSeconds: 5, type: 'file', options: { path: '/data/provisioning/dashboards' } },
    ],
  });
});

test('names a dashboard’s file by its charm and content, whatever the charm is called', () => {
  const one = { uid: 'a', title: 'A', version: 0, relationId: 'g:1', charm: '../../etc/x', json: '{}' };
  const [path] = Object.keys(renderDashboards([one]));
  expect(path).toMatch(/^provisioning\/dashboards\/juju_-etc-x_[0-9a-f]{12}\.json$/);
  expect(Object.keys(renderDashboards([{ ...one, json: '{"a":1}' }]))).not.toEqual([path]);
});

test('writes Grafana’s configuration without the password in it', () => {
  const config = { reporting_enabled: false, admin_user: 'root', custom_config: '[smtp]\nenabled = true' };
  const ini = renderIni(settingsFrom(config).settings, { port: 3000, dataDir: '/data' });
  expect(ini).toContain('http_addr = 127.0.0.1\nhttp_port = 3000\n');
  expect(ini).toContain('admin_user = root\nadmin_password = $__file{/data/admin-password}\n');
  expect(ini).toContain('[analytics]\nreporting_enabled = false\n');
  expect(ini.trimEnd()).toMatch(/\[smtp\]\nenabled = true$/);
  expect(configurationFile(ini, 'ini', ['a'])).not.toBe(configurationFile(ini, 'ini', ['b']));
});

test.each([
  [{ port: 70_000 }, "config: invalid port '70000' (a number from 0 to 65535)"],
  [{ datasource_query_timeout: 0 }, "config: invalid datasource_query_timeout '0' (a number of seconds, from 1)"],
  [{ admin_user: 'a:b' }, 'config: invalid admin_user (letters, digits and . _ @ + -, at most 190)'],
  [{ custom_config: '[security]\nadmin_password = x' }, 'Invalid custom_config; see debug-log'],
  [{ custom_config: '[smtp]\nhost = x\n[security]\na = b' }, 'Invalid custom_config; see debug-log'],
])('refuses %j', (config, problem) => {
  expect(settingsFrom(config).problems).toEqual([problem]);
});

test('finds the Grafana that the variable names, by its home; none where none is wanted', async () => {
  const program = join(process.cwd(), 'tests/fixtures/grafana/bin/grafana');
  const PATH = process.env.PATH ?? '';
  expect(await findGrafana({ cache, env: { PATH, CHARMLET_GRAFANA: 'none' } })).toBeUndefined();
  await expect(findGrafana({ cache, env: { PATH, CHARMLET_GRAFANA: '/bin/true' } })).rejects.toThrow(
    'cannot use CHARMLET_GRAFANA="/bin/true": it is no Grafana',
  );
  const found = await findGrafana({ cache, env: { PATH, CHARMLET_GRAFANA: program } });
  expect(found).toEqual({
    version: '12.0.2',
    argv: [program, 'server'],
    home: join(process.cwd(), 'tests/fixtures/grafana'),
  });
});
