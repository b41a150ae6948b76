import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { portHolder } from '../../../src/companions/port-holder.ts';
import { checkout, System, until } from '../../integration/system/system.ts';
import { Cos, figure, secondsSince, Target } from './cos.ts';

let system: System;
let cos: Cos;
const target = new Target();
const servers = ['alertmanager', 'loki', 'prometheus'];

const rule = (name: string, expr: string) => ({ alert: name, expr, labels: { severity: 'critical' } });
const rules = (...groups: [name: string, ...rules: object[]][]) =>
  JSON.stringify({ groups: groups.map(([name, ...list]) => ({ name, rules: list })) });
const jobs = () => JSON.stringify([{ static_configs: [{ targets: [`*:${target.port}`] }], scrape_interval: '1s' }]);

beforeAll(async () => {
  system = new System();
  cos = new Cos(system);
  await target.open();
  const began = Date.now();
  await system.do('deploy', 'cos-lite', '--trust');
  for (const name of servers) await system.waitForUnit(`${name}/0`, 'workload-status=="active"');
  figure(`cos-lite active in ${secondsSince(began)}`);
  await system.do('config', 'prometheus', 'scrape_interval=1s', 'evaluation_interval=1s');
  const charm = join(checkout, 'tests/fixtures/scraped-charm');
  const seen = `seen=${system.root}`;
  const good = rules(['shop', rule('ShopDown', 'up{%%juju_topology%%} == 0'), rule('ShopVisited', 'shop_visits > 5')]);
  await system.do(
    'deploy',
    charm,
    'shop',
    '-n',
    '2',
    '--config',
    `jobs=${jobs()}`,
    '--config',
    `rules=${good}`,
    '--config',
    seen,
  );
  await system.do('deploy', charm, 'bad', '--config', `jobs=${jobs()}`, '--config', seen);
  await system.do('integrate', 'shop', 'prometheus:metrics-endpoint');
  await system.do('integrate', 'bad', 'prometheus:metrics-endpoint');
});
afterAll(async () => {
  await system?.close();
  await target.close();
});

const workload = async (application: string) => (await system.unit(`${application}/0`))['workload-status'];
/** What Prometheus has answered the application; empty as long as it has answered nothing. */
const eventOf = (application: string) => {
  const file = join(system.root, application);
  return existsSync(file) ? readFileSync(file, 'utf8').trim() : '';
};
const up = (application: string) => `up{juju_application="${application}"}`;

async function allScraped(): Promise<void> {
  for (const application of ['shop', 'bad']) {
    const units = application === 'shop' ? 2 : 1;
    await cos.querying(`${application} is scraped`, up(application), (samples) =>
      samples.length === units && samples.every(({ value }) => value === 1) ? true : undefined,
    );
  }
}

test('the bundle is there once, and says so when it is deployed again', async () => {
  const again = await system.run('deploy', 'cos-lite', '--trust');
  expect(again).toMatchObject({ code: 0, stdout: '', stderr: expect.stringMatching(/\nNo changes to apply\.\n$/) });
  const { applications } = await system.status();
  expect(Object.keys(applications)).toEqual(expect.arrayContaining(servers));
});

test('samples of every unit arrive with the labels of their topology', async () => {
  const began = Date.now();
  await allScraped();
  const samples = await cos.querying('visits of both units', 'shop_visits{juju_application="shop"}', (found) =>
    found.length === 2 ? found : undefined,
  );
  figure(`first samples ${secondsSince(began)}`);
  const { model } = await system.status();
  const labels = samples.map((sample) => sample.labels).sort((a, b) => (a.juju_unit! < b.juju_unit! ? -1 : 1));
  for (const [index, label] of labels.entries()) {
    const uuid = label.juju_model_uuid;
    expect(uuid).toMatch(/^[0-9a-f-]{36}$/);
    expect(label).toEqual({
      __name__: 'shop_visits',
      instance: `${model.name}_${uuid}_shop_shop/${index}`,
      job: `juju_${model.name}_${uuid!.slice(0, 8)}_shop_prometheus_scrape-${index}`,
      juju_application: 'shop',
      juju_charm: 'scraped',
      juju_model: model.name,
      juju_model_uuid: uuid,
      juju_unit: `shop/${index}`,
    });
  }
});

test('the servers watch each other, and the controller', async () => {
  const scraped = await cos.querying('all servers are scraped', 'up == 1', (samples) => {
    const names = new Set(samples.map(({ labels }) => labels.juju_application));
    return [...servers, 'controller'].every((name) => names.has(name)) ? samples : undefined;
  });
  expect(scraped.find(({ labels }) => labels.juju_application === 'controller')?.labels.job).toBe('juju');
});

test('an event that brings nothing new writes nothing and reloads nothing', async () => {
  const last = 'prometheus_config_last_reload_success_timestamp_seconds';
  const files = ['prometheus.yml', 'applied.json'].map((name) => join(system.data, 'units/prometheus-0/data', name));
  await system.do('fire', 'update-status', 'prometheus/0', '--wait', '120s');
  // Told by the server itself: what it scrapes of itself is a second old.
  const ofItself = async () => (await fetch(`${await cos.url('prometheus')}/metrics`)).text();
  const look = async () => ({
    files: files.map((file) => statSync(file).mtimeMs),
    reloaded: (await ofItself()).split('\n').find((line) => line.startsWith(last)),
    status: (await workload('prometheus')).since,
  });
  const before = await look();
  expect(before.reloaded).toMatch(/ \d/);
  await system.do('fire', 'update-status', 'prometheus/0');
  expect(await look()).toEqual(before);
});

/** What Prometheus tells just after a reload it may tell nobody; it tells it again after its resend delay of one minute. */
const lostAlertMs = 120_000;

const noAlert = () =>
  until('no alert any more', lostAlertMs, async () => ((await cos.alerts('ShopDown')).length === 0 ? true : undefined));

test('an alert reaches Alertmanager while a unit is down, for that application alone, and is over when it is back', async () => {
  await until('the alert that always fires', 120_000, async () => (await cos.alerts('ShopVisited'))[1]);
  // A scrape that a busy machine made late fires it too, and is over soon.
  await noAlert();
  const fell = Date.now();
  target.fall();
  try {
    const down = await until('the alert of both units', lostAlertMs, async () => {
      const alerts = await cos.alerts('ShopDown');
      return alerts.length >= 2 ? alerts : undefined;
    });
    figure(`alert ${secondsSince(fell)} after the death`);
    expect(down.map((labels) => labels.juju_unit).sort()).toEqual(['shop/0', 'shop/1']);
  } finally {
    target.rise();
  }
  const rose = Date.now();
  await noAlert();
  figure(`resolved ${secondsSince(rose)} after the return`);
}, 600_000);

test('a wrong group is refused by name, told to its application, and takes nobody else down', async () => {
  const wrong = rules(['fine', rule('Fine', 'up == 7')], ['broken', rule('Broken', 'up ==')]);
  await system.do('config', 'bad', `rules=${wrong}`);
  await system.waitForUnit('prometheus/0', 'workload-status=="blocked"');
  expect((await workload('prometheus')).message).toBe('Invalid alert rules. See debug-log');
  const event = await until('the event', 120_000, () =>
    eventOf('bad').includes('errors') ? eventOf('bad') : undefined,
  );
  expect(JSON.parse(event)).toEqual({ errors: expect.stringMatching(/^group "broken": .*parse error/) });
  expect(eventOf('shop')).toBe('{}');
  expect(await system.debugLog()).toMatch(
    /ERROR .*Invalid alert rules of application "bad" \(metrics-endpoint:\d+\): group "broken": /,
  );
  expect(await cos.ruleGroups()).toEqual(['fine', 'shop']);
  await allScraped();
  await system.do('config', 'bad', `rules=${rules(['fine', rule('Fine', 'up == 7')])}`);
  await system.waitForUnit('prometheus/0', 'workload-status=="active"');
  await until('the event is taken back', 120_000, () => (eventOf('bad') === '{}' ? true : undefined));
});

test.each([
  { name: 'jobs cut off in the middle', config: { jobs: '[{"static_configs":[{"targ' } },
  { name: 'jobs of another type', config: { jobs: '{"static_configs":7}' } },
  { name: 'an interval that Prometheus does not know', config: { jobs: '[{"scrape_interval":"soon"}]' } },
  { name: 'a scrape of a local file', config: { jobs: '[{"authorization":{"credentials_file":"/etc/passwd"}}]' } },
  { name: 'rules that are a list', config: { rules: '[1,2]' } },
  { name: 'a topology that is no object', config: { metadata: '["m"]' } },
  {
    name: 'a topology that names another place',
    config: { metadata: '{"model":"../../x","model_uuid":"/","application":"a"}' },
  },
])('$name harms nobody else', async ({ config }) => {
  const texts = Object.entries({ jobs: jobs(), rules: '', metadata: '', ...config }).map(
    ([key, value]) => `${key}=${value}`,
  );
  await system.do('config', 'bad', ...texts);
  // Each is told the last of what is queued for its unit.
  for (const unit of ['bad/0', 'prometheus/0']) await system.do('fire', 'update-status', unit, '--wait', '120s');
  expect((await workload('prometheus')).current).not.toBe('error');
  await cos.querying('shop is scraped', up('shop'), (samples) => (samples.length === 2 ? true : undefined));
  await system.do('config', 'bad', `jobs=${jobs()}`, 'rules=', 'metadata=');
  await system.waitForUnit('prometheus/0', 'workload-status=="active"');
  await allScraped();
});

test.each(servers)('%s that is killed comes back with its data, and nobody fails', async (name) => {
  const port = Number(new URL(await cos.url(name)).port);
  const { pid } = (await portHolder(port)) as { pid: number };
  const began = Date.now();
  process.kill(pid, 'SIGKILL');
  await until(`${name} runs anew`, 120_000, async () => {
    const holder = await portHolder(port);
    return holder?.pid && holder.pid !== pid ? true : undefined;
  });
  await system.waitForUnit(`${name}/0`, 'workload-status=="active" && agent-status=="idle"');
  figure(`${name} back in ${secondsSince(began)}`);
  await allScraped();
  for (const application of [...servers, 'shop']) expect((await workload(application)).current).not.toBe('error');
  if (name !== 'prometheus') return;
  const [first] = await cos.query('min_over_time(timestamp(shop_visits{juju_unit="shop/0"})[1h:1s])');
  expect(first!.value * 1000).toBeLessThan(began);
});

test('a line that is pushed as Pebble pushes is found by a query', async () => {
  const path = (await workload('loki')).message?.includes('VictoriaLogs')
    ? '/insert/loki/api/v1/push'
    : '/loki/api/v1/push';
  const line = 'a line {"with": "json"} of the shop';
  const streams = [{ stream: { juju_model: 'm', juju_unit: 'shop/0' }, values: [[`${Date.now()}000000`, line]] }];
  const sent = await fetch(`${await cos.url('loki')}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ streams }),
  });
  expect(sent.status).toBe(204);
  const [found] = await until('the line', 120_000, async () => {
    const lines = await cos.lines('of the shop');
    return lines.length > 0 ? lines : undefined;
  });
  expect(found).toMatchObject({ line, labels: { juju_unit: 'shop/0' } });
});

test('what is related no more is scraped and alerted about no more', async () => {
  await system.do('remove-relation', 'shop', 'prometheus:metrics-endpoint');
  // While Prometheus takes its new configuration over, it tells of no target at all, or of some.
  await until('the other targets alone', 120_000, async () => {
    const now = await cos.scraped();
    return now.includes('bad') && !now.includes('shop') ? true : undefined;
  });
  // Prometheus takes its rules over after its targets.
  await until('no rules', 120_000, async () => ((await cos.ruleGroups()).length === 0 ? true : undefined));
});
