import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { stateKey } from '../../../src/controller/metrics/charm-metrics.ts';
import { metrics } from '../../../src/controller/metrics/table.ts';
import { containerPlaces, unitPlaces } from '../../../src/controller/places.ts';
import { PebbleClient } from '../../../src/pebble/client.ts';
import { TestController, until, writeCharm } from './controller.ts';

const controller = new TestController();

beforeAll(() => controller.start());
afterAll(() => controller.destroy());

async function scrape(of = controller): Promise<string> {
  const { metrics: address } = await of.call('ping', {});
  const answer = await fetch(`http://${address}/metrics`);
  expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  return await answer.text();
}

test('the controller tells its version and its own memory to whoever asks on this machine', async () => {
  const text = await scrape();
  expect(text).toMatch(/^charmlet_build_info\{version="\d+\.\d+\.\d+",juju_version="3\.\d+\.\d+"\} 1$/m);
  expect(Number(/^process_resident_memory_bytes (\d+)$/m.exec(text)?.[1])).toBeGreaterThan(20e6);
  const told = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name, type]) => [name, type]);
  expect(told).toEqual(Object.entries(metrics).map(([name, { type }]) => [name, type]));
});

/** Every value by its metric and the labels that are not the unit's own. */
function values(text: string): Record<string, number> {
  return Object.fromEntries(
    [...text.matchAll(/^([a-z_]+)(\{.*\})? (\S+)$/gm)].map(([, name, labels = '', value]) => [
      `${name}${labels.replaceAll(/juju_(model|model_uuid|application|charm|unit)="[^"]*",?/g, '').replace(',}', '}')}`,
      Number(value),
    ]),
  );
}

test('what a unit is told, what its charm calls and what its container does is counted, with the labels of COS', async () => {
  const image = join(controller.scratch, 'image');
  mkdirSync(join(image, 'bin'), { recursive: true });
  writeFileSync(join(image, 'bin/forever'), '#!/bin/sh\nexec sleep 1000\n', { mode: 0o755 });
  const charm = writeCharm(join(controller.scratch, 'counted'), {
    name: 'counted-k8s',
    body: `state-set '${stateKey}={"my_jobs": {"help": "", "values": [{"labels": {"kind": "mail"}, "value": 3}]}, "no-name": 1}'
status-set active; no-such-tool || true; relation-get -r peer:77 - x || true; [ "$event" != update-status ] || exit 1`,
    files: {
      'metadata.yaml':
        'name: counted-k8s\ncontainers: {box: {resource: box-image}}\nresources: {box-image: {type: oci-image}}\n',
    },
  });
  await controller.deploy(charm, { resources: { 'box-image': image } });
  await controller.waitForTold('counted-k8s/0', 'box-pebble-ready');
  await controller.waitForUnit('counted-k8s/0', 'active');
  const { socket } = containerPlaces(unitPlaces(controller.paths, { name: 'default' }, 'counted-k8s/0'), 'box');
  const pebble = new PebbleClient({ socket });
  const command = join(image, 'bin/forever');
  await pebble.addLayer('one', `services: {job: {override: replace, command: ${command}, startup: enabled}}`);
  await pebble.waitChange(await pebble.replan());
  await pebble.waitChange(await pebble.restart(['job']));
  await controller.exec('counted-k8s/0', 'true');
  const fired = { unit: 'counted-k8s/0', event: 'update-status', waitMs: 20_000 };
  expect(await controller.call('fire', fired)).toMatchObject({ state: 'failed' });

  const text = await until('the restart is measured', async () => {
    const now = await scrape();
    return now.includes('charmlet_service_drain_seconds_count{') && now;
  });
  const uuid = /juju_model_uuid="([^"]+)"/.exec(text)?.[1];
  expect(uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f-]{27}$/);
  expect(text).toContain(
    `charmlet_dispatches_total{juju_model="default",juju_model_uuid="${uuid}",juju_application="counted-k8s",juju_charm="counted-k8s",juju_unit="counted-k8s/0",event="start",outcome="ok"} 1`,
  );
  expect(values(text)).toMatchObject({
    'charmlet_unit_status{status="error"}': 1,
    'charmlet_dispatches_total{event="box-pebble-ready",outcome="ok"}': 1,
    'charmlet_dispatches_total{event="juju-exec",outcome="ok"}': 1,
    'charmlet_dispatches_total{event="update-status",outcome="failed"}': expect.any(Number),
    'charmlet_dispatch_duration_seconds_count{event="install"}': 1,
    'charmlet_queued_events{state="pending"}': 0,
    'charmlet_queued_tasks{}': 0,
    'charmlet_hook_commands_total{command="relation-get",exit_code="2"}': expect.any(Number),
    'charmlet_hook_command_duration_seconds_count{command="status-set"}': expect.any(Number),
    'charmlet_supervisor_up{container="box"}': 1,
    'charmlet_service_active{container="box",service="job"}': 1,
    'charmlet_service_starts_total{container="box",service="job"}': 2,
    'charmlet_service_drain_seconds_count{container="box",service="job"}': 1,
    'charmlet_database_size_bytes{database="model"}': expect.any(Number),
    'charmlet_refused_charm_metrics{}': 1,
    'my_jobs{kind="mail"}': 3,
  });
  expect(values(text)['charmlet_dispatches_total{event="start",outcome="ok"}']).toBe(1);
});

test('promtool finds nothing to say about the text', async ({ skip }) => {
  const promtool = spawnSync('promtool', ['check', 'metrics'], { input: await scrape(), encoding: 'utf8' });
  if (promtool.error) return skip('there is no promtool on PATH');
  expect([promtool.status, promtool.stdout, promtool.stderr]).toEqual([0, '', '']);
});

test('the port stays the same over a restart, unless somebody else has taken it', async () => {
  const { metrics: first } = await controller.call('ping', {});
  await controller.kill();
  await controller.start();
  expect((await controller.call('ping', {})).metrics).toBe(first);

  await controller.kill();
  const other = createServer().listen(Number(first?.split(':')[1]), '127.0.0.1');
  await once(other, 'listening');
  await controller.start();
  const { metrics: second } = await controller.call('ping', {});
  expect(second).toMatch(/^127\.0\.0\.1:\d+$/);
  expect(second).not.toBe(first);
  other.close();
});

test('whoever comes by another name is refused, as a page in a browser would be', async () => {
  const { metrics: address } = await controller.call('ping', {});
  const { get } = await import('node:http');
  const status = await new Promise((resolve) =>
    get(`http://${address}/metrics`, { headers: { host: 'evil.example' } }, ({ statusCode }) => resolve(statusCode)),
  );
  expect(status).toBe(403);
});

test('a port that is named and taken keeps the controller from starting, with one line that says so', async () => {
  const { metrics: taken } = await controller.call('ping', {});
  const port = taken?.split(':')[1];
  const second = new TestController({ CHARMLET_METRICS_PORT: port });
  await expect(second.start()).rejects.toThrow(
    `cannot serve metrics on 127.0.0.1:${port}: the port is taken (free it, set CHARMLET_METRICS_PORT to another one, or to "off")`,
  );
  const third = new TestController({ CHARMLET_METRICS_PORT: 'http' });
  await expect(third.start()).rejects.toThrow(
    'cannot use CHARMLET_METRICS_PORT: got "http" (a port from 1 to 65535, or "off")',
  );
});

test('metrics can be switched off', async () => {
  const silent = new TestController({ CHARMLET_METRICS_PORT: 'off' });
  await silent.start();
  expect((await silent.call('ping', {})).metrics).toBeUndefined();
  await silent.destroy();
});
