import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { portHolder } from '../../../src/companions/port-holder.ts';
import { writeCharm } from '../controller/controller.ts';
import { freePort, System, until } from '../system/system.ts';

let system: System;
let port: number;
const unit = 'grafana-k8s/0';
const dataDir = () => join(system.data, 'units/grafana-k8s-0/data');
const fromPython = readFileSync('tests/golden/python-dashboard.txt', 'utf8');

beforeAll(async () => {
  system = new System({ env: { CHARMLET_GRAFANA: 'none' } });
  port = await freePort();
  await system.do('deploy', 'grafana-k8s', '--config', `port=${port}`);
  const charm = writeCharm(join(system.root, 'charm'), {
    name: 'sender',
    body: [
      `send() { relation-set -r "$1" --app --file - <"${system.root}/dashboards.yaml"; }`,
      'case $event in',
      'config-changed) for id in $(relation-ids dashboards --format=json | tr -d \'[]",\'); do send "$id"; done ;;',
      'dashboards-relation-created) send "$JUJU_RELATION_ID" ;;',
      'source-relation-created) relation-set --app grafana_source_data="$(config-get source)"',
      '  relation-set grafana_source_host=http://127.0.0.1:4 ;;',
      'esac',
    ].join('\n'),
    files: {
      'metadata.yaml':
        'name: sender\nprovides: {dashboards: {interface: grafana_dashboard}, source: {interface: grafana_datasource}}\n',
      'config.yaml': [
        'options:',
        '  go: {type: int, default: 0}',
        `  source: {type: string, default: '{"model":"m","model_uuid":"u","application":"prom","type":"prometheus","extra_fields":{"timeInterval":"2s"}}'}`,
      ].join('\n'),
    },
  });
  write({ templates: { 'file:py.json': { charm: 'sender', content: fromPython, inject_dropdowns: true } } });
  await system.do('deploy', charm, 'sender');
  await active();
});
afterAll(() => system?.close());

const active = () => system.waitForUnit(unit, 'workload-status=="active" && agent-status=="idle"');
const message = async () => (await system.unit(unit))['workload-status'].message ?? '';
let times = 0;

function write(dashboards: unknown): void {
  const text = typeof dashboards === 'string' ? dashboards : JSON.stringify(dashboards);
  writeFileSync(join(system.root, 'dashboards.yaml'), JSON.stringify({ dashboards: text }));
}

/** Has the sender write this into its databag. */
async function send(dashboards: unknown): Promise<void> {
  write(dashboards);
  times += 1;
  await system.do('config', 'sender', `go=${times}`);
}

async function told(): Promise<Record<string, string>> {
  const ran = await system.do('run', unit, 'get-admin-password');
  return parse(ran);
}

async function get(path: string): Promise<{ status: number; json: unknown }> {
  const { 'admin-password': password } = await told();
  const authorization = `Basic ${Buffer.from(`admin:${password}`).toString('base64')}`;
  const response = await fetch(`http://127.0.0.1:${port}${path}`, { headers: { authorization } });
  return { status: response.status, json: await response.json().catch(() => undefined) };
}

test('says where the page is, who serves it, and a password that nobody else can read', async () => {
  const results = await told();
  expect(results).toEqual({
    url: `http://127.0.0.1:${port}`,
    'admin-password': expect.stringMatching(/^\w{24}$/),
    server: 'the dashboard page of charmlet (there is no Grafana on this machine)',
  });
  const file = join(dataDir(), 'admin-password');
  expect(readFileSync(file, 'utf8')).toBe(results['admin-password']);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const { argv } = (await portHolder(port))!;
  expect(argv.join(' ')).not.toContain(results['admin-password']);
  expect(await system.debugLog()).not.toContain(results['admin-password']);
});

test('lets nobody in without the password, nor from another name', async () => {
  const url = `http://127.0.0.1:${port}/`;
  expect((await fetch(url)).status).toBe(401);
  const wrong = `Basic ${Buffer.from('admin:admin').toString('base64')}`;
  expect((await fetch(url, { headers: { authorization: wrong } })).status).toBe(401);
  expect((await get('/')).status).toBe(200);
});

test('shows the dashboard of a related application, with the variables that a consumer adds', async () => {
  await system.do('relate', 'sender:dashboards', 'grafana-k8s');
  await until('it is there', 120_000, async () => ((await get('/api/search')).json as unknown[]).length || undefined);
  expect((await get('/api/search')).json).toEqual([{ uid: 'py', title: 'From Python', url: '/d/py' }]);
  const { dashboard } = (await get('/api/dashboards/uid/py')).json as { dashboard: Record<string, never> };
  expect(JSON.stringify(dashboard)).toContain('label_values(up,juju_model)');
});

test('tells the sender of a dashboard that cannot be used, and draws the others', async () => {
  const good = deflateSync(JSON.stringify({ uid: 'old', title: 'Of an older library' })).toString('base64');
  await send({
    templates: { bad: { charm: 'x', content: fromPython.slice(0, 40) }, good: { charm: '../x', content: good } },
  });
  const errors = [{ dashboard_id: 'bad', error: 'its content is a broken xz file' }];
  const event = await until('it is told', 120_000, async () => {
    const relations = JSON.parse(await system.do('show-unit', 'sender/0', '--format', 'json'))['sender/0'][
      'relation-info'
    ];
    return relations[0]['application-data'].event as string | undefined;
  });
  expect(JSON.parse(event)).toEqual({ valid: false, errors });
  await active();
  expect(await message()).toBe('cannot use dashboard "bad" of sender: its content is a broken xz file');
  expect((await get('/api/search')).json).toEqual([{ uid: 'old', title: 'Of an older library', url: '/d/old' }]);
  const files = readdirSync(join(dataDir(), 'provisioning/dashboards'));
  expect(files.sort()).toEqual(['default.yaml', expect.stringMatching(/^juju_-x_\w{12}\.json$/)]);
});

test.each([
  ['no JSON', '{', '"dashboards" is not JSON'],
  ['another type', '[1]', '"dashboards" has no object "templates"'],
  ['wrong types inside', { templates: { a: 7 } }, 'it has no "content"'],
  [
    'a bomb',
    { templates: { a: { content: deflateSync(Buffer.alloc(40 << 20)).toString('base64') } } },
    'larger than 16 MiB',
  ],
])('is active whatever is in the databag: %s', async (_, dashboards, words) => {
  await send(dashboards);
  await until('it is judged', 120_000, async () => (await message()).includes(words) || undefined);
  await active();
});

test('takes a data source, tells it its name, and says what cannot be asked', async () => {
  await send({ templates: { 'file:py.json': { charm: 'sender', content: fromPython } } });
  await system.do('relate', 'sender:source', 'grafana-k8s');
  await until(
    'it is there',
    120_000,
    async () => ((await get('/api/datasources')).json as unknown[]).length || undefined,
  );
  const name = 'juju_m_u_prom_0';
  expect((await get('/api/datasources')).json).toEqual([{ uid: name, name, type: 'prometheus' }]);
  const proxy = `/api/datasources/proxy/uid/${name}`;
  expect(await get(`${proxy}/api/v1/query?query=up`)).toEqual({
    status: 502,
    json: {
      status: 'error',
      errorType: 'unavailable',
      error: 'cannot reach http://127.0.0.1:4: connection refused',
    },
  });
  expect((await get(`${proxy}/api/v1/admin/tsdb/snapshot`)).status).toBe(403);
  expect((await get(`${proxy}/interval`)).json).toEqual({ interval: '2s' });
  await active();
  const relations = JSON.parse(await system.do('show-unit', 'sender/0', '--format', 'json'))['sender/0'][
    'relation-info'
  ];
  const bag = relations.find(({ endpoint }: { endpoint: string }) => endpoint === 'source')['application-data'];
  expect(JSON.parse(bag.datasource_uids)).toEqual({ 'sender/0': name });
  expect(bag.grafana_base_url).toBe(`http://127.0.0.1:${port}`);
});

test('comes back when it is killed', async () => {
  const before = (await portHolder(port))!.pid!;
  process.kill(before, 'SIGKILL');
  await until('there is another', 120_000, async () => {
    const now = await portHolder(port);
    return (now?.pid !== undefined && now.pid !== before) || undefined;
  });
  await active();
  expect((await get('/api/search')).status).toBe(200);
});

test('needs no password where the option says so, and is blocked by one that means nothing', async () => {
  await system.do('config', 'grafana-k8s', 'allow_anonymous_access=true');
  await until('it lets in', 120_000, async () => {
    const status = await fetch(`http://127.0.0.1:${port}/`).then(
      (response) => response.status,
      () => 0,
    );
    return status === 200 || undefined;
  });
  await system.do('config', 'grafana-k8s', 'log_level=loud');
  await system.waitForUnit(unit, 'workload-status=="blocked"');
  expect(await message()).toBe("config: invalid log_level 'loud' (one of debug, info, warn, error, critical)");
  await system.do('config', 'grafana-k8s', '--reset', 'log_level,allow_anonymous_access');
  await active();
});

test('charmlet dashboard draws the same without a password until it is interrupted', async () => {
  const page = system.start('dashboard', '--no-open');
  const url = await new Promise<string>((resolve) => page.stdout!.once('data', (text) => resolve(String(text).trim())));
  expect(await (await fetch(`${url}/api/search`)).json()).toEqual([{ uid: 'py', title: 'From Python', url: '/d/py' }]);
  expect((await fetch(url)).headers.get('content-security-policy')).toContain("default-src 'none'");
  const ended = new Promise((resolve) => page.once('exit', resolve));
  page.kill('SIGINT');
  expect(await ended).toBe(0);
});

test('forgets what a relation brought that is gone', async () => {
  await system.do('remove-relation', 'sender:dashboards', 'grafana-k8s');
  await system.do('remove-relation', 'sender:source', 'grafana-k8s');
  await until('both are gone', 120_000, async () => {
    const [dashboards, sources] = await Promise.all(['/api/search', '/api/datasources'].map(get));
    return JSON.stringify([dashboards!.json, sources!.json]) === '[[],[]]' || undefined;
  });
  expect(readFileSync(join(dataDir(), 'provisioning/datasources/datasources.yaml'), 'utf8')).toContain(
    'juju_m_u_prom_0',
  );
});

test('starts the Grafana that the variable names, on files that it can read, and again when its data sources change', async () => {
  const other = new System({ env: { CHARMLET_GRAFANA: join(process.cwd(), 'tests/fixtures/grafana/bin/grafana') } });
  try {
    const at = await freePort();
    await other.do('deploy', 'grafana-k8s', '--config', `port=${at}`);
    await other.waitForUnit(unit, 'workload-status=="active"');
    const results = parse(await other.do('run', unit, 'get-admin-password'));
    expect(results.server).toBe('Grafana 12.0.2');
    const authorization = `Basic ${Buffer.from(`admin:${results['admin-password']}`).toString('base64')}`;
    const seen = async () =>
      (await fetch(`http://127.0.0.1:${at}/`, { headers: { authorization } })).json() as Promise<{
        dataSources: string;
      }>;
    expect(await seen()).toEqual({
      dataSources: expect.not.stringContaining('juju_m_u'),
      dashboards: ['default.yaml'],
    });
    await other.do('deploy', join(system.root, 'charm'), 'sender');
    await other.do('relate', 'sender:source', 'grafana-k8s');
    await until('it has read them', 120_000, async () => {
      const { dataSources } = await seen().catch(() => ({ dataSources: '' }));
      return dataSources.includes('name: juju_m_u_prom_0') || undefined;
    });
  } finally {
    await other.close();
  }
});
