import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LogLine } from '../../../src/controller/api.ts';
import { unitPlaces } from '../../../src/controller/places.ts';
import { TestController, until, writeCharm } from './controller.ts';

let controller: TestController;
let charms: string;

beforeAll(async () => {
  controller = new TestController();
  charms = join(controller.scratch, 'charms');
  await controller.start();
});
afterAll(() => controller?.destroy());

const config = { 'config.yaml': 'options: {word: {type: string, default: none}}\n' };
const pidIn = (file: string): number => Number(readFileSync(file, 'utf8'));
const fileIn = (name: string): string => join(controller.scratch, name);
const written = (file: string): Promise<true> =>
  until(`${file} is written`, async () => existsSync(file) && readFileSync(file, 'utf8').endsWith('\n'));

/** A zombie does not run: only its parent has not looked at it yet. */
function runs(pid: number): boolean {
  try {
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return false;
  }
}

describe('a hook', () => {
  test('that never ends is shown as running, and is ended with all its children by a removal with force', async () => {
    const body = `if [ "$event" = config-changed ]; then sleep 1000 & echo $! >${fileIn('child')}; wait; fi`;
    await controller.deploy(writeCharm(join(charms, 'endless'), { name: 'endless', body }));
    await written(fileIn('child'));
    expect((await controller.unit('endless/0'))?.['juju-status']).toMatchObject({
      current: 'executing',
      message: 'running config-changed hook',
    });
    // Whatever else is asked of the unit waits for it.
    const exec = await controller.call('exec', {
      units: ['endless/0'],
      command: 'true',
      waitMs: 300,
      background: false,
    });
    expect(exec).toMatchObject({ timedOut: true, tasks: { 'endless/0': { status: 'pending' } } });
    await controller.call('removeApplication', { applications: ['endless'], force: true, destroyStorage: false });
    await controller.waitFor('it has gone', (status) => !status.applications.endless);
    await until('nothing of it runs', async () => !runs(pidIn(fileIn('child'))));
  });

  test('that leaves a daemon behind ends without it, and the daemon ends with the unit', async () => {
    const body = `if [ "$event" = start ]; then sleep 1000 & echo $! >${fileIn('daemon')}; fi`;
    await controller.deploy(writeCharm(join(charms, 'forking'), { name: 'forking', body }));
    await controller.waitForTold('forking/0', 'start');
    await controller.waitForUnit('forking/0', 'unknown');
    expect(runs(pidIn(fileIn('daemon')))).toBe(true);
    await controller.call('removeApplication', { applications: ['forking'], force: false, destroyStorage: false });
    await controller.waitFor('it has gone', (status) => !status.applications.forking);
    await until('the daemon has ended', async () => !runs(pidIn(fileIn('daemon'))));
  });

  test('that prints 100 MB is read to its end, and the log and the memory stay small', async () => {
    const body = 'if [ "$event" = start ]; then yes 0123456789 | head -c 100000000; echo done >&2; fi';
    await controller.deploy(writeCharm(join(charms, 'loud'), { name: 'loud', body }));
    await controller.waitForTold('loud/0', 'start');
    // What it printed last is read, and what was left out is counted, when its process has ended.
    await controller.waitForUnit('loud/0', 'unknown');
    const lines: LogLine[] = [];
    const all = { exclude: [], includeModule: [], excludeModule: [], backlog: -1, limit: 0, follow: false };
    await controller.call('debugLog', { ...all, include: ['unit-loud-0'], level: 'TRACE' }, (line) => lines.push(line));
    expect(lines.reduce((sum, { message }) => sum + message.length, 0)).toBeLessThan(5_000_000);
    expect(lines.map(({ message }) => message)).toContain('done');
    expect(lines.some(({ message }) => /^\d+ more bytes of output are not logged$/.test(message))).toBe(true);
  });

  test('that dies in the middle has written nothing, and comes again', async () => {
    const [gate, found] = [fileIn('gate'), fileIn('found')];
    const body = [
      'if [ "$event" = config-changed ]; then',
      `  state-get --format=json >${found}; state-set half=yes`,
      `  [ -e ${gate} ] || { : >${gate}; kill -9 $$; }`,
      '  state-set whole=yes',
      'fi',
    ].join('\n');
    await controller.deploy(writeCharm(join(charms, 'dying'), { name: 'dying', body, files: config }));
    await controller.waitForTold('dying/0', 'start');
    expect(controller.told('dying/0').filter((event) => event === 'config-changed')).toHaveLength(1);
    expect(readFileSync(found, 'utf8')).toBe('null\n');
    expect(await controller.exec('dying/0', 'state-get --format=json')).toBe('{"half":"yes","whole":"yes"}\n');
  });
});

describe('the environment of a program of the charm', () => {
  const dumped = (name: string): Record<string, string> =>
    Object.fromEntries(
      readFileSync(fileIn(name), 'utf8')
        .trimEnd()
        .split('\0')
        .filter((line) => line !== '')
        .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
    );

  test('is what Juju gives, to the last variable, for every kind of event', async () => {
    const dump = `cat /proc/$$/environ >${controller.scratch}/env-$event; readlink /proc/$$/cwd >${controller.scratch}/cwd-$event`;
    await controller.deploy(
      writeCharm(join(charms, 'seen'), {
        name: 'seen',
        body: dump,
        files: {
          ...config,
          'actions.yaml': 'act: {description: Does.}\n',
          'metadata.yaml':
            'name: seen\nstorage: {certs: {type: filesystem}}\ncontainers: {box: {}}\npeers: {mates: {interface: mates}}\n',
        },
      }),
      { units: 2 },
    );
    await controller.waitForTold('seen/0', 'certs-storage-attached');
    await controller.waitForTold('seen/0', 'mates-relation-changed');
    await controller.waitForTold('seen/0', 'box-pebble-ready');
    await controller.call('run', { units: ['seen/0'], action: 'act', params: {}, waitMs: 60_000, background: false });
    await controller.config('seen', { word: 'new' });
    await controller.waitForTold('seen/0', 'config-changed', 2);
    await controller.call('scale', { application: 'seen', to: 1, force: false });
    await controller.waitForTold('seen/0', 'mates-relation-departed');
    // The one that leaves writes into the same files, to its end.
    await controller.waitFor('it has gone', (status) => !status.applications.seen?.units?.['seen/1']);
    await controller.settled();

    const { charm, root } = unitPlaces(controller.paths, { name: 'default' }, 'seen/0');
    const { model } = await controller.status();
    const text = expect.any(String);
    // Both units write into the same files: whose turn was last decides about the name, nothing else.
    const unit = expect.stringMatching(/^seen\/[01]$/);
    const ofUnit = (path: string) => expect.stringMatching(new RegExp(`^${path.replace('seen-0', 'seen-[01]')}`));
    const base = {
      APT_LISTCHANGES_FRONTEND: 'none',
      CHARM_CONTAINERS_DIR: text,
      CHARM_DIR: ofUnit(charm),
      CLOUD_API_VERSION: '',
      DEBIAN_FRONTEND: 'noninteractive',
      JUJU_AGENT_SOCKET_ADDRESS: text,
      JUJU_AGENT_SOCKET_NETWORK: 'unix',
      JUJU_API_ADDRESSES: '',
      JUJU_AVAILABILITY_ZONE: '',
      JUJU_CHARM_DIR: ofUnit(charm),
      JUJU_CHARM_FTP_PROXY: '',
      JUJU_CHARM_HTTPS_PROXY: '',
      JUJU_CHARM_HTTP_PROXY: '',
      JUJU_CHARM_NO_PROXY: '127.0.0.1,localhost,::1',
      JUJU_CONTEXT_ID: text,
      JUJU_MACHINE_ID: '',
      JUJU_MODEL_NAME: model.name,
      JUJU_MODEL_UUID: expect.stringMatching(/^[0-9a-f-]{36}$/),
      JUJU_PRINCIPAL_UNIT: '',
      JUJU_UNIT_NAME: unit,
      JUJU_VERSION: model.version,
      LANG: 'C.UTF-8',
      PATH: expect.stringMatching(/^[^:]+:\/usr\/local\/sbin:\/usr\/local\/bin:\/usr\/sbin:\/usr\/bin:\/sbin:\/bin$/),
      TERM: 'tmux-256color',
    };
    const hook = (name: string, more = {}) => ({
      ...base,
      JUJU_HOOK_NAME: name,
      JUJU_DISPATCH_PATH: `hooks/${name}`,
      ...more,
    });
    const relation = (more: object) => ({
      JUJU_RELATION: 'mates',
      JUJU_RELATION_ID: expect.stringMatching(/^mates:\d+$/),
      JUJU_REMOTE_APP: 'seen',
      ...more,
    });
    for (const name of ['install', 'config-changed', 'start']) expect(dumped(`env-${name}`)).toEqual(hook(name));
    expect(dumped('env-act')).toEqual({
      ...base,
      JUJU_HOOK_NAME: '',
      JUJU_DISPATCH_PATH: 'actions/act',
      JUJU_ACTION_NAME: 'act',
      JUJU_ACTION_UUID: expect.stringMatching(/^\d+$/),
      JUJU_ACTION_TAG: expect.stringMatching(/^action-\d+$/),
    });
    expect(dumped('env-mates-relation-created')).toEqual(
      hook('mates-relation-created', relation({ JUJU_REMOTE_UNIT: '' })),
    );
    expect(dumped('env-mates-relation-joined')).toEqual(
      hook('mates-relation-joined', relation({ JUJU_REMOTE_UNIT: unit })),
    );
    expect(dumped('env-mates-relation-departed')).toEqual(
      hook('mates-relation-departed', relation({ JUJU_REMOTE_UNIT: unit, JUJU_DEPARTING_UNIT: 'seen/1' })),
    );
    expect(dumped('env-certs-storage-attached')).toEqual(
      hook('certs-storage-attached', {
        JUJU_STORAGE_ID: expect.stringMatching(/^certs\/\d+$/),
        JUJU_STORAGE_LOCATION: ofUnit(root),
        JUJU_STORAGE_KIND: 'filesystem',
      }),
    );
    expect(dumped('env-box-pebble-ready')).toEqual(hook('box-pebble-ready', { JUJU_WORKLOAD_NAME: 'box' }));
    expect(readFileSync(fileIn('cwd-start'), 'utf8')).toMatch(
      new RegExp(`^${charm.replace('seen-0', 'seen-[01]')}\n$`),
    );
  });
});
