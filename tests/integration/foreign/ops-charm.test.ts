import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { containerPlaces, unitPlaces } from '../../../src/controller/places.ts';
import { PebbleClient } from '../../../src/pebble/client.ts';
import { TestController } from '../controller/controller.ts';
import { layOutCharm, opsLibrary } from './ops-library.ts';
import { whyNoNamespace } from './why-no-namespace.ts';

const library = (await whyNoNamespace()) === null ? await opsLibrary() : null;
let controller: TestController;
let charm: string;
let image: string;
const unit = 'foreign/0';

beforeAll(async () => {
  if (!library) return;
  controller = new TestController();
  charm = layOutCharm(join(controller.scratch, 'charm'), library);
  image = join(controller.scratch, 'image');
  mkdirSync(image);
  await controller.start();
  await controller.deploy(charm, { resources: { 'work-image': image } });
});
afterAll(() => controller?.destroy());

function places() {
  return containerPlaces(unitPlaces(controller.paths, { name: 'default' }, unit), 'work');
}

async function action(name: string, params: Record<string, unknown>) {
  const operation = await controller.call('run', {
    units: [unit],
    action: name,
    params,
    waitMs: 120_000,
    background: false,
  });
  const task = operation.tasks[unit];
  return { status: task?.status, message: task?.message, results: task?.results };
}

test.skipIf(!library)('an unmodified charm that knows nothing but /charm/containers gets active', async () => {
  // The 2: its handler of install deferred the event once, and got it again.
  await controller.waitForUnit(unit, 'active', 'hello, nothing, 2');
  const services = await new PebbleClient({ socket: places().socket }).services();
  expect(services).toMatchObject([{ name: 'talk', current: 'active' }]);
});

test.skipIf(!library)('changed options reach the workload, and a bad one blocks', async () => {
  await controller.config('foreign', { greeting: 'salut' });
  await controller.waitForUnit(unit, 'active', 'salut, nothing, 2');
  await controller.config('foreign', { greeting: '' });
  await controller.waitForUnit(unit, 'blocked', 'greeting is empty');
  await controller.config('foreign', {}, ['greeting']);
  await controller.waitForUnit(unit, 'active', 'hello, nothing, 2');
});

test.skipIf(!library)('its actions read files and run commands in the workload', async () => {
  expect(await action('read', { path: '/etc/greeter/greeting' })).toMatchObject({
    status: 'completed',
    results: { content: 'hello\n', mode: '0o640' },
  });
  expect(await action('run', { command: 'sh -c "cat; echo no >&2; ls -d /app"', input: 'given' })).toMatchObject({
    status: 'completed',
    results: { out: 'given/app\n', err: 'no\n' },
  });
  expect(await action('run', { command: 'sh -c "echo sorry >&2; exit 3"' })).toMatchObject({
    status: 'failed',
    message: 'exit code 3: sorry',
  });
  expect(await action('read', { path: '/nowhere' })).toMatchObject({ status: 'failed' });
});

test.skipIf(!library)('it hears notices, and checks that fail and recover', async () => {
  await new PebbleClient({ socket: places().socket }).notify('example.com/ask', { data: { answer: '42' } });
  await controller.waitForUnit(unit, 'active', 'hello, example.com/ask 42, 2');
  writeFileSync(join(places().app, 'broken'), '');
  await controller.waitForUnit(unit, 'active', 'hello, flag down, 2');
  rmSync(join(places().app, 'broken'));
  await controller.waitForUnit(unit, 'active', 'hello, flag up, 2');
});

test.skipIf(!library)('a command beside the charm sees what the charm sees', async () => {
  expect(await controller.exec(unit, 'ls /charm/containers; echo $PWD; echo "<$HOME>"')).toBe(
    `work\n${unitPlaces(controller.paths, { name: 'default' }, unit).charm}\n<>\n`,
  );
});

test.skipIf(!library)('its environment is the one that Juju gives', async () => {
  const names = (await controller.exec(unit, "env | sed 's/=.*//' | sort")).trim().split('\n');
  expect(names.filter((name) => !name.startsWith('JUJU_'))).toEqual([
    'APT_LISTCHANGES_FRONTEND',
    'CHARM_CONTAINERS_DIR',
    'CHARM_DIR',
    'CLOUD_API_VERSION',
    'DEBIAN_FRONTEND',
    'LANG',
    'PATH',
    'PWD',
    'TERM',
  ]);
});

test.skipIf(!library)('a refresh to a packed charm brings its new code, and tells it', async () => {
  const file = join(charm, 'src/charm.py');
  writeFileSync(file, readFileSync(file, 'utf8').replace('{said}, ', '{said} again, '));
  const path = join(controller.scratch, 'foreign.charm');
  execFileSync(library?.python as string, ['-m', 'zipfile', '-c', path, ...readdirSync(charm)], { cwd: charm });
  await controller.call('refresh', { application: 'foreign', path, resources: {}, live: false });
  await controller.waitForUnit(unit, 'active', 'hello again, nothingupgraded, 0');
});
