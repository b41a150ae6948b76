import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TestController, until, writeCharm } from './controller.ts';

let controller: TestController;
let charms: string;

beforeAll(async () => {
  controller = new TestController();
  charms = join(controller.scratch, 'charms');
  await controller.start();
});
afterAll(() => controller?.destroy());

const config = 'options:\n  word: {type: string, default: hello}\n  count: {type: int}\n';

describe('a fresh unit', () => {
  test('is told its events in the order of Juju, and ends idle with the status its charm set', async () => {
    const charm = writeCharm(join(charms, 'fresh'), {
      name: 'fresh',
      body: 'if [ "$event" = config-changed ]; then status-set active "says $(config-get word)"; fi',
      files: {
        'config.yaml': config,
        'metadata.yaml': 'name: fresh\npeers: {peer: {interface: fresh}}\nstorage: {certs: {type: filesystem}}\n',
      },
    });
    await controller.deploy(charm);
    const told = await controller.waitForTold('fresh/0', 'certs-storage-attached');
    expect(told).toEqual([
      'install',
      'peer-relation-created',
      'leader-elected',
      'config-changed',
      'start',
      'certs-storage-attached',
    ]);
    expect((await controller.waitForUnit('fresh/0', 'active')).leader).toBe(true);
    expect((await controller.status()).applications.fresh?.['application-status']).toMatchObject({
      current: 'active',
      message: 'says hello',
    });
  });

  test('is unknown after its start when the charm has set no status', async () => {
    await controller.deploy(writeCharm(join(charms, 'silent'), { name: 'silent' }));
    await controller.waitForTold('silent/0', 'start');
    await controller.waitForUnit('silent/0', 'unknown');
  });

  test('can be one of several, which learn of each other by their peer relation', async () => {
    const charm = writeCharm(join(charms, 'many'), {
      name: 'many',
      body: [
        'case $event in peer-relation-created) relation-set -r "$JUJU_RELATION_ID" from="$JUJU_UNIT_NAME" ;; esac',
        'case $event in peer-relation-changed) status-set active "$(relation-get -r "$JUJU_RELATION_ID" from "$JUJU_REMOTE_UNIT")" ;; esac',
      ].join('\n'),
      files: { 'metadata.yaml': 'name: many\npeers: {peer: {interface: many}}\n' },
    });
    await controller.deploy(charm, { units: 2 });
    await controller.waitForUnit('many/0', 'active', 'many/1');
    await controller.waitForUnit('many/1', 'active', 'many/0');
    expect(controller.told('many/1')).toEqual([
      'install',
      'peer-relation-created',
      'leader-settings-changed',
      'config-changed',
      'start',
      'peer-relation-joined',
      'peer-relation-changed',
    ]);
    await controller.exec(
      'many/leader',
      'relation-set -r 1 --app x=y || relation-set -r "$(relation-ids peer)" --app x=y',
    );
    // The leader is told of it too, although it was the leader that wrote.
    for (const unit of ['many/0', 'many/1']) await controller.waitForTold(unit, 'peer-relation-changed', 2);
  });
});

describe('configuration', () => {
  test('of several options at once is one event, and of the same values none', async () => {
    const charm = writeCharm(join(charms, 'conf'), {
      name: 'conf',
      body: 'status-set active "$(config-get word) $(config-get count)"',
      files: { 'config.yaml': config },
    });
    await controller.deploy(charm);
    await controller.waitForTold('conf/0', 'start');
    expect(await controller.config('conf', { word: 'bye', count: '3' })).toEqual({
      changed: ['word', 'count'],
      messages: [],
    });
    await controller.waitForUnit('conf/0', 'active', 'bye 3');
    expect(await controller.config('conf', { word: 'bye', count: '3' })).toEqual({ changed: [], messages: [] });
    await controller.exec('conf/0', 'true');
    expect(controller.told('conf/0').filter((event) => event === 'config-changed')).toHaveLength(2);
    await controller.config('conf', {}, ['word', 'count']);
    await controller.waitForUnit('conf/0', 'active', 'hello ');
  });

  test('is changed in all its parts or not at all, and every problem is told', async () => {
    await expect(controller.config('conf', { word: 'new', count: 'many', wrod: 'x' })).rejects.toThrow(
      'option "count" expected int, got "many"; unknown option "wrod" (did you mean "word"?)',
    );
    expect((await controller.call('configGet', { application: 'conf' })).settings.word?.source).toBe('default');
  });
});

describe('a hook that fails', () => {
  // It would be tried again after 5 s, which may be in the middle of anything.
  const retry = (values: Record<string, string>, reset: string[] = []) =>
    controller.call('modelConfigSet', { values, reset });
  beforeAll(() => retry({ 'automatically-retry-hooks': 'false' }));
  afterAll(() => retry({}, ['automatically-retry-hooks']));

  const body = [
    'if [ "$event" = config-changed ] && [ "$(config-get fail)" = True ]; then',
    '  state-set lost=yes; relation-set -r "$(relation-ids peer)" lost=yes; echo "no way" >&2; exit 7',
    'fi',
    'status-set active "$event"',
  ].join('\n');

  test('puts the unit into error, writes nothing, and is tried again when it is resolved', async () => {
    const charm = writeCharm(join(charms, 'failing'), {
      name: 'failing',
      body,
      files: {
        'config.yaml': 'options: {fail: {type: boolean, default: false}, other: {type: string}}\n',
        'metadata.yaml': 'name: failing\npeers: {peer: {interface: failing}}\n',
        'actions.yaml': 'look: {description: Looks.}\n',
      },
    });
    await controller.deploy(charm);
    await controller.waitForUnit('failing/0', 'active', 'start');
    await controller.config('failing', { fail: 'true' });
    await controller.waitForUnit('failing/0', 'error', 'hook failed: "config-changed"');
    expect((await controller.status()).applications.failing?.['application-status'].current).toBe('error');
    expect(
      await controller.exec(
        'failing/0',
        'state-get lost; relation-get -r "$(relation-ids peer)" lost "$JUJU_UNIT_NAME"',
      ),
    ).toBe('');

    const operation = await controller.call('run', {
      units: ['failing/leader'],
      action: 'look',
      params: {},
      background: false,
      waitMs: 20_000,
    });
    expect(operation.tasks['failing/0']).toMatchObject({ status: 'completed' });
    await controller.config('failing', { fail: 'false' });
    await controller.call('resolved', { units: ['failing/0'], all: false, retry: true });
    await controller.waitForUnit('failing/0', 'active', 'config-changed');
  });

  test('counts as done with --no-retry, and the status the charm had set is back', async () => {
    await controller.config('failing', { fail: 'true' });
    await controller.waitForUnit('failing/0', 'error');
    const before = controller.told('failing/0').length;
    await controller.call('resolved', { units: ['failing/0'], all: false, retry: false });
    await controller.waitForUnit('failing/0', 'active', 'config-changed');
    await controller.exec('failing/0', 'true');
    expect(controller.told('failing/0')).toHaveLength(before);
    await expect(controller.call('resolved', { units: ['failing/0'], all: false, retry: true })).rejects.toThrow(
      'unit "failing/0" is not in an error state',
    );
  });

  test('is tried again by itself, and not while the model says so', async () => {
    await controller.config('failing', { fail: 'false' });
    await controller.waitForUnit('failing/0', 'active', 'config-changed');
    await controller.config('failing', { fail: 'true' });
    await controller.waitForUnit('failing/0', 'error');
    await controller.config('failing', { fail: 'false' });
    await retry({}, ['automatically-retry-hooks']);
    await controller.waitForUnit('failing/0', 'active', 'config-changed');
    await retry({ 'automatically-retry-hooks': 'false' });
  });

  test('keeps the unit from being removed until it is resolved, or for good with --force', async () => {
    await controller.config('failing', { fail: 'true' });
    await controller.waitForUnit('failing/0', 'error');
    const { messages } = await controller.call('removeApplication', {
      applications: ['failing'],
      force: false,
      destroyStorage: false,
    });
    expect(messages[0]).toContain('unit failing/0 is in error');
    expect(await controller.unit('failing/0')).toMatchObject({ 'juju-status': { current: 'idle', life: 'dying' } });
    await controller.call('removeApplication', { applications: ['failing'], force: true, destroyStorage: false });
    await controller.waitFor('the application has gone', (status) => !status.applications.failing);
  });
});

test('a removed application is told stop and remove, and leaves nothing on the disk', async () => {
  const log = join(controller.scratch, 'teardown');
  const charm = writeCharm(join(charms, 'gone'), {
    name: 'gone',
    body: `echo "$event" >>${log}`,
    files: { 'metadata.yaml': 'name: gone\nstorage: {certs: {type: filesystem}}\n' },
  });
  await controller.deploy(charm);
  await controller.waitForTold('gone/0', 'certs-storage-attached');
  const directory = join(controller.paths.data, 'units/gone-0');
  writeFileSync(log, '');
  await controller.call('removeApplication', { applications: ['gone'], force: false, destroyStorage: true });
  await controller.waitFor('the application has gone', (status) => !status.applications.gone);
  await until('its directory has gone', async () => !existsSync(directory));
  expect(readFileSync(log, 'utf8')).toBe('stop\ncerts-storage-detaching\nremove\n');
});

test('a refresh is told as stop, upgrade-charm, config-changed and start, with the new charm', async () => {
  const directory = join(charms, 'fresher');
  await controller.deploy(writeCharm(directory, { name: 'fresher', body: 'status-set active old' }));
  await controller.waitForTold('fresher/0', 'start');
  writeCharm(directory, { name: 'fresher', body: 'status-set active new' });
  await controller.call('refresh', { application: 'fresher', path: directory, resources: {}, live: false });
  await controller.waitForTold('fresher/0', 'start', 2);
  expect(controller.told('fresher/0').slice(-4)).toEqual(['stop', 'upgrade-charm', 'config-changed', 'start']);
  await controller.waitForUnit('fresher/0', 'active', 'new');
  expect((await controller.status()).applications.fresher?.['charm-rev']).toBe(1);
});

test('a refresh waits for a unit in error, unless units are forced: then the failed hook comes again with the new charm', async () => {
  const directory = join(charms, 'mended');
  const broken = 'if [ "$event" = config-changed ]; then exit 1; fi; status-set active broken';
  writeCharm(directory, { name: 'mended', body: broken, files: { 'config.yaml': config } });
  await controller.deploy(directory);
  await controller.waitForUnit('mended/0', 'error', 'hook failed: "config-changed"');
  writeCharm(directory, { name: 'mended', body: 'status-set active mended' });
  const refresh = (forceUnits: boolean) =>
    controller.call('refresh', { application: 'mended', path: directory, resources: {}, live: false, forceUnits });

  const { messages } = await refresh(false);
  expect(messages).toEqual([
    'unit "mended/0" is in error and follows when its hook has succeeded (at once: --force-units)',
  ]);
  expect((await refresh(true)).messages).toEqual([]);
  await controller.waitForUnit('mended/0', 'active', 'mended');
  expect(await controller.waitForTold('mended/0', 'start')).toEqual([
    'install',
    'leader-elected',
    'config-changed',
    'start',
  ]);
});

describe('refused before anything is written', () => {
  test.each([
    ['a charm that is not there', '/no/such/charm', 'cannot deploy "/no/such/charm": no such file or directory'],
    ['a name that nobody knows', 'nonsense', 'cannot deploy "nonsense": there is no charm of that name here'],
    ['a directory that is no charm', 'plain', 'it is no charm, there is no metadata.yaml in it'],
    ['a charm with YAML that cannot be read', 'broken', 'metadata.yaml in'],
  ])('%s', async (_name, charm, message) => {
    mkdirSync(join(charms, 'plain'), { recursive: true });
    writeCharm(join(charms, 'broken'), { name: 'broken', files: { 'metadata.yaml': 'name: [x\n' } });
    const before = Object.keys((await controller.status()).applications);
    const path = ['plain', 'broken'].includes(charm) ? join(charms, charm) : charm;
    await expect(controller.deploy(path)).rejects.toThrow(message);
    expect(Object.keys((await controller.status()).applications)).toEqual(before);
  });
});

test('a data directory that cannot be removed itself is emptied, and the controller ends all the same', async () => {
  const given = mkdtempSync(join(tmpdir(), 'charmlet-given-'));
  const data = join(given, 'data');
  const other = new TestController({ CHARMLET_DATA: data });
  try {
    await other.start();
    chmodSync(given, 0o555);
    const { messages } = await other.call('killController', {});
    expect(messages).toEqual([`${data} is empty, and itself was left: it cannot be removed (EACCES)`]);
    expect(readdirSync(data)).toEqual([]);
    await until('the controller has ended', async () => !other.runs);
  } finally {
    chmodSync(given, 0o755);
    for (const directory of [given, other.scratch]) rmSync(directory, { recursive: true, force: true });
  }
});
