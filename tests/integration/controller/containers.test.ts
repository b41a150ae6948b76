import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ResourceListing } from '../../../src/controller/api.ts';
import { containerPlaces, unitPlaces } from '../../../src/controller/places.ts';
import { PebbleClient } from '../../../src/pebble/client.ts';
import { TestController, until, writeCharm } from './controller.ts';

let controller: TestController;
let charms: string;
let image: string;

const metadata = 'name: boxed\ncontainers: {box: {resource: box-image}}\nresources: {box-image: {type: oci-image}}\n';
const body = [
  'case $event in',
  '  box-pebble-custom-notice) status-set active "$JUJU_NOTICE_KEY" ;;',
  '  box-pebble-check-*) status-set active "$event $JUJU_PEBBLE_CHECK_NAME" ;;',
  'esac',
].join('\n');

beforeAll(async () => {
  controller = new TestController();
  charms = join(controller.scratch, 'charms');
  image = join(controller.scratch, 'image');
  mkdirSync(join(image, 'bin'), { recursive: true });
  writeFileSync(join(image, 'bin/forever'), '#!/bin/sh\nexec sleep 1000\n');
  chmodSync(join(image, 'bin/forever'), 0o755);
  await controller.start();
  await controller.deploy(
    writeCharm(join(charms, 'boxed'), { name: 'boxed', body, files: { 'metadata.yaml': metadata } }),
    { resources: { 'box-image': image } },
  );
});
afterAll(() => controller?.destroy());

function pebble(): PebbleClient {
  return new PebbleClient({
    socket: containerPlaces(unitPlaces(controller.paths, { name: 'default' }, 'boxed/0'), 'box').socket,
  });
}

test('a container that has started is told as pebble-ready, after start', async () => {
  const told = await controller.waitForTold('boxed/0', 'box-pebble-ready');
  expect(told).toEqual(['install', 'leader-elected', 'config-changed', 'start', 'box-pebble-ready']);
});

test('a custom notice is told once, and again when it is repeated', async () => {
  await pebble().notify('example.com/first');
  await controller.waitForUnit('boxed/0', 'active', 'example.com/first');
  await pebble().notify('example.com/second');
  await controller.waitForUnit('boxed/0', 'active', 'example.com/second');
  await pebble().notify('example.com/first');
  await controller.waitForUnit('boxed/0', 'active', 'example.com/first');
  expect(controller.told('boxed/0').filter((event) => event === 'box-pebble-custom-notice')).toHaveLength(3);
});

test('a check that fails, and one that recovers, is told', async () => {
  const flag = join(controller.scratch, 'flag');
  const layer = `checks: {up: {override: replace, period: 500ms, threshold: 3, exec: {command: "test -e ${flag}"}}}`;
  await pebble().addLayer('checks', layer, { combine: true });
  await controller.waitForUnit('boxed/0', 'active', 'box-pebble-check-failed up');
  writeFileSync(flag, '');
  await controller.waitForUnit('boxed/0', 'active', 'box-pebble-check-recovered up');
  // On a busy machine even commands in a row may take longer than the period: failures would be told in the tests below.
  await pebble().stopChecks(['up']);
  await controller.settled();
});

test('a notice given while no controller runs is told when one does', async () => {
  await controller.kill();
  await pebble().notify('example.com/meanwhile');
  await controller.start();
  await controller.waitForUnit('boxed/0', 'active', 'example.com/meanwhile');
});

test('a supervisor that is killed is replaced, and the unit is told pebble-ready', async () => {
  const before = (await pebble().systemInfo())['boot-id'];
  const file = join(
    containerPlaces(unitPlaces(controller.paths, { name: 'default' }, 'boxed/0'), 'box').dir,
    'supervisor.pid',
  );
  process.kill(JSON.parse(readFileSync(file, 'utf8')).pid, 'SIGKILL');
  await controller.waitForTold('boxed/0', 'box-pebble-ready', 2);
  expect((await pebble().systemInfo())['boot-id']).not.toBe(before);
});

test('the workload is a copy of the given directory, and with --live that directory itself', async () => {
  const app = containerPlaces(unitPlaces(controller.paths, { name: 'default' }, 'boxed/0'), 'box').app;
  expect(readFileSync(join(app, 'bin/forever'), 'utf8')).toBe(readFileSync(join(image, 'bin/forever'), 'utf8'));
  const lines: string[] = [];
  await controller.call(
    'attachResource',
    { application: 'boxed', name: 'box-image', value: image, live: true },
    (event) => lines.push(event.progress),
  );
  expect(lines.join('\n')).toContain(`in place from ${image}`);
  await controller.waitForTold('boxed/0', 'box-pebble-ready', 3);
  expect(controller.told('boxed/0').slice(-5)).toEqual([
    'stop',
    'upgrade-charm',
    'config-changed',
    'start',
    'box-pebble-ready',
  ]);
  expect((await controller.call('resources', { application: 'boxed' }))[0]).toMatchObject({
    name: 'box-image',
    revision: '1',
    value: `${image} (in place)`,
  });
});

test.each([
  ['without its image', {}, 'local charm missing OCI images for: box-image (add --resource box-image=DIRECTORY'],
  ['with a directory that is not there', { 'box-image': '/no/such' }, 'there is no "/no/such"'],
  ['with a directory that holds the data directory', { 'box-image': '/tmp' }, '"/tmp" holds the data directory'],
  ['with an image reference', { 'box-image': 'localhost:32000/box:1' }, 'images are not supported yet'],
  [
    'with a resource it does not have',
    { 'box-image': '/', bix: '/' },
    'unrecognized resource "bix" (boxed has: box-image)',
  ],
])('the charm is refused %s', async (_name, resources, message) => {
  await expect(controller.deploy(join(charms, 'boxed'), { application: 'other', resources })).rejects.toThrow(message);
});

test('a process can be started in the container, and beside the charm', async () => {
  const inside = await controller.call('workload', {
    unit: 'boxed/0',
    container: 'box',
    command: ['sh', '-c', 'ls /app/bin ./app/bin 2>/dev/null'],
  });
  const beside = await controller.call('workload', { unit: 'boxed/0', command: ['pwd'] });
  expect(
    spawnSync(inside.argv[0]!, inside.argv.slice(1), { env: inside.env, cwd: inside.cwd, encoding: 'utf8' }).stdout,
  ).toContain('forever');
  expect(
    spawnSync(beside.argv[0]!, beside.argv.slice(1), { env: beside.env, cwd: beside.cwd, encoding: 'utf8' }).stdout,
  ).toBe(`${unitPlaces(controller.paths, { name: 'default' }, 'boxed/0').charm}\n`);
  await expect(controller.call('workload', { unit: 'boxed/0', container: 'bax', command: [] })).rejects.toThrow(
    'container "bax" not found in unit boxed/0 (there are: box)',
  );
});

test('after stop nothing runs, and after a start everything is back', async () => {
  await pebble().addLayer('svc', 'services: {forever: {override: replace, command: sleep 1000}}', { combine: true });
  await pebble().start(['forever']);
  await controller.stop();
  await until('every process has ended', async () => controller.processes().length === 0);
  await controller.start();
  await controller.waitForTold('boxed/0', 'box-pebble-ready', 4);
});

test('a removed unit takes its supervisor along', async () => {
  await controller.call('removeApplication', { applications: ['boxed'], force: false, destroyStorage: false });
  await until('every process has ended', async () => controller.processes().length === 0);
  const { root, runtime } = unitPlaces(controller.paths, { name: 'default' }, 'boxed/0');
  await until('its directories have gone', async () => !existsSync(root) && !existsSync(runtime));
});

test('a file that was not given with the charm is listed as missing until it is', async () => {
  const metadata = 'name: filed\nresources: {notes: {type: file, filename: notes.txt}}\n';
  await controller.deploy(writeCharm(join(charms, 'filed'), { name: 'filed', files: { 'metadata.yaml': metadata } }));
  const listed = async () => {
    const [{ suppliedBy, revision }] = (await controller.call('resources', { application: 'filed' })) as [
      ResourceListing,
    ];
    return { suppliedBy, revision };
  };
  expect(await listed()).toEqual({ suppliedBy: 'upload', revision: '-' });
  const value = join(controller.scratch, 'notes');
  writeFileSync(value, 'text');
  await controller.call('attachResource', { application: 'filed', name: 'notes', value, live: false });
  expect(await listed()).toEqual({ suppliedBy: 'admin', revision: '0' });
});

test('an image’s own layer is there for the charm to start, and one that cannot be read is told in the log', async () => {
  const layers = join(image, 'var/lib/pebble/default/layers');
  mkdirSync(layers, { recursive: true });
  writeFileSync(
    join(layers, '001-rock.yaml'),
    'services: {keep: {override: replace, command: /app/bin/forever, startup: enabled}}\n',
  );
  const charm = writeCharm(join(charms, 'rocky'), { name: 'rocky', files: { 'metadata.yaml': metadata } });
  await controller.deploy(charm, { application: 'rocky', resources: { 'box-image': image } });
  await controller.waitForTold('rocky/0', 'box-pebble-ready');
  const { socket } = containerPlaces(unitPlaces(controller.paths, { name: 'default' }, 'rocky/0'), 'box');
  const rocky = new PebbleClient({ socket });
  expect(await rocky.services()).toMatchObject([{ name: 'keep', startup: 'enabled', current: 'inactive' }]);
  await rocky.waitChange(await rocky.replan());
  expect(await rocky.services()).toMatchObject([{ name: 'keep', current: 'active' }]);

  writeFileSync(join(layers, '002-more.yaml'), 'services: {keep: {override: sometimes}}\n');
  await controller.deploy(charm, { application: 'rocky2', resources: { 'box-image': image } });
  const lines: string[] = [];
  const of = { include: ['unit-rocky2-0'], exclude: [], includeModule: [], excludeModule: [] };
  await until('the log tells', async () => {
    await controller.call(
      'debugLog',
      { ...of, level: 'WARNING', backlog: -1, limit: 0, follow: false },
      ({ message }) => lines.push(message),
    );
    return lines.some((line) => line.includes('layer "more" has invalid "override" value for service "keep"'));
  });
});
