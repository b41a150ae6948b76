import { afterAll, beforeAll, expect, test } from 'vitest';
import { portHolder } from '../../../src/companions/port-holder.ts';
import { deployWorker, type Spine, withTemporal, worker, workerProcesses } from '../../integration/system/spine.ts';
import { type System, until } from '../../integration/system/system.ts';
import { Cos, figure, secondsSince } from './cos.ts';

let spine: Spine;
let system: System;
let cos: Cos;
const units = [`${worker}/0`, `${worker}/1`];
const own = `juju_application="${worker}"`;

/** The steps of the seed, with a model of their own for the servers. */
beforeAll(async () => {
  spine = await withTemporal();
  ({ system } = spine);
  cos = new Cos(system, 'cos');
  await deployWorker(spine, { flags: ['-n', '2'] });
  const { name: first } = (await system.status()).model;
  await system.do('add-model', 'cos');
  await system.do('deploy', 'cos-lite', '--trust');
  await system.do('config', 'prometheus', 'scrape_interval=1s', 'evaluation_interval=1s');
  for (const offered of ['prometheus:metrics-endpoint', 'loki:logging', 'grafana:grafana-dashboard'])
    await system.do('offer', offered);
  await system.do('switch', first);
  await system.do('relate', worker, 'admin/cos.grafana');
  await system.do('relate', worker, 'admin/cos.loki');
  await system.do('relate', `${worker}:metrics-endpoint`, 'admin/cos.prometheus');
  for (const name of ['alertmanager', 'loki', 'prometheus'])
    await system.do('wait-for', 'application', name, '-m', 'cos', '--timeout', '150s');
});
afterAll(() => system?.close());

const greeted = async (name: string) => expect((await spine.greet(name)).code).toBe(0);
const noErrors = async () => {
  for (const model of [[], ['-m', 'cos']]) expect(await system.do('status', ...model)).not.toMatch(/^\S+\s+error /m);
};

async function lineOf(name: string) {
  return until(`the line of ${name}`, 120_000, async () => {
    // A server that is just being started anew answers nobody.
    const [line] = await cos.lines(name).catch(() => []);
    return line;
  });
}

test('the metrics of the worker arrive from both units, across models, with the labels of their topology', async () => {
  await greeted('metrics');
  const { model } = await system.status();
  const samples = await cos.querying(
    'samples of both units',
    `count by (juju_unit, juju_model, juju_charm) ({__name__=~"temporal_.+", ${own}})`,
    (found) => (found.length === 2 ? found : undefined),
  );
  const labels = samples.map((sample) => sample.labels).sort((a, b) => (a.juju_unit! < b.juju_unit! ? -1 : 1));
  expect(labels).toEqual(units.map((unit) => ({ juju_unit: unit, juju_model: model.name, juju_charm: worker })));
  figure(`metrics families of a worker ${Math.min(...samples.map(({ value }) => value))}`);
});

test('the rules of the worker are evaluated', async () => {
  expect(await until('rule groups', 120_000, async () => (await cos.ruleGroups())[0])).toMatch(/./);
  expect(await cos.alerts('TemporalWorkerDown')).toEqual([]);
});

test("a line of the worker's output is found in the log, with its unit and service", async () => {
  const began = Date.now();
  const name = `line-${began}`;
  await greeted(name);
  const { labels } = await lineOf(name);
  figure(`log line found after ${secondsSince(began)}`);
  expect(labels).toMatchObject({ juju_application: worker, pebble_service: worker.replace('-k8s', '') });
  expect(units).toContain(labels.juju_unit);
});

test('an alert reaches Alertmanager when a worker is killed again and again, and is over when it lives', async () => {
  const began = Date.now();
  // Often, so that none of them lives long enough to be scraped.
  const killing = setInterval(killWorkers, 100);
  const fired = await until('the alert', 180_000, async () =>
    (await cos.alerts('TemporalWorkerDown')).find(({ juju_unit: unit }) => units.includes(unit!)),
  ).finally(() => clearInterval(killing));
  figure(`alert of a killed worker after ${secondsSince(began)} (it holds for 60 s first)`);
  expect(fired).toMatchObject({ juju_application: worker, juju_charm: worker, severity: 'critical' });
  const lives = Date.now();
  await until('no alert any more', 180_000, async () =>
    (await cos.alerts('TemporalWorkerDown')).length === 0 ? true : undefined,
  );
  figure(`resolved ${secondsSince(lives)} after the last kill`);
  await noErrors();
}, 450_000);

function killWorkers(): void {
  for (const { pid } of workerProcesses(spine.address)) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch (error) {
      // It may have ended by itself since it was seen.
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
}

test('lines that are printed while the log server is away arrive when it is back', async () => {
  for (const unit of units) await system.waitForUnit(unit, 'workload-status=="active"');
  const { pid } = (await portHolder(Number(new URL(await cos.url('loki')).port))) as { pid: number };
  process.kill(pid, 'SIGSTOP');
  const name = `away-${pid}`;
  await greeted(name);
  process.kill(pid, 'SIGKILL');
  const began = Date.now();
  expect((await lineOf(name)).line).toContain(name);
  figure(`line of the outage found ${secondsSince(began)} after the end of the server`);
  await noErrors();
});

test('grafana-k8s says which server answers, and nobody is in error', async () => {
  const answer = await system.do('run', 'grafana/0', '-m', 'cos', 'get-admin-password', '--wait', '1m');
  expect(answer).toMatch(/url: http:\/\/127\.0\.0\.1:\d+/);
  await noErrors();
});
