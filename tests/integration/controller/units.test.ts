import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Status } from '../../../src/controller/api.ts';
import { TestController, until, writeCharm } from './controller.ts';

let controller: TestController;
let charms: string;

beforeAll(async () => {
  controller = new TestController();
  charms = join(controller.scratch, 'charms');
  await controller.start();
});
afterAll(() => controller?.destroy());

describe('units', () => {
  test('leave from the highest number on, the leader’s office passes on, and a number comes back', async () => {
    const charm = writeCharm(join(charms, 'many'), {
      name: 'many',
      files: { 'metadata.yaml': 'name: many\npeers: {peer: {interface: many}}\n' },
    });
    await controller.deploy(charm, { units: 3 });
    await Promise.all([0, 1, 2].map((n) => controller.waitForTold(`many/${n}`, 'peer-relation-joined', 2)));
    await controller.settled();
    const addresses = await Promise.all(
      [0, 1, 2].map((n) => controller.exec(`many/${n}`, 'network-get peer --bind-address')),
    );
    expect(new Set(addresses).size).toBe(3);
    expect(addresses.every((address) => /^127\./.test(address))).toBe(true);

    expect(await controller.call('scale', { application: 'many', by: -2, force: false })).toEqual({
      scale: 1,
      messages: [],
    });
    const names = (status: Status) => Object.keys(status.applications.many?.units ?? {});
    await controller.waitFor('two have gone', (status) => names(status).join() === 'many/0');
    expect((await controller.waitForTold('many/0', 'peer-relation-departed', 2)).slice(-2)).toEqual([
      'peer-relation-departed',
      'peer-relation-departed',
    ]);
    await controller.call('scale', { application: 'many', to: 2, force: false });
    await controller.waitForTold('many/0', 'peer-relation-joined', 3);
    expect(names(await controller.settled())).toEqual(['many/0', 'many/1']);
    await expect(controller.call('scale', { application: 'many', by: -3, force: false })).rejects.toThrow(
      'cannot remove more units than currently exist not valid (many has 2)',
    );

    await controller.call('scale', { application: 'many', to: 0, force: false });
    await controller.call('scale', { application: 'many', to: 1, force: false });
    await controller.waitFor('a new unit leads', (status) => {
      const unit = status.applications.many?.units?.['many/0'];
      return names(status).join() === 'many/0' && unit?.leader === true && unit['juju-status'].life !== 'dying';
    });
    await controller.waitForUnit('many/0', 'unknown');
  });

  test('that are added and taken away again while the controller is killed end as many as were asked for', async () => {
    for (const to of [3, 1, 2]) {
      await controller.call('scale', { application: 'many', to, force: false });
      await controller.kill();
      await controller.start();
    }
    const status = await controller.waitFor('there are two', ({ applications: { many } }) =>
      Object.values(many?.units ?? {}).every((unit) => unit['juju-status'].current === 'idle'),
    );
    expect(status.applications.many?.scale).toBe(2);
    await controller.waitFor(
      'two are there',
      ({ applications: { many } }) => Object.keys(many?.units ?? {}).length === 2,
    );
    await until('nothing is left of the others', async () => !existsSync(join(controller.paths.data, 'units/many-2')));
  });
});

describe('an event that is fired', () => {
  const fire = (event: string, unit = 'shot/0') => controller.call('fire', { event, unit, waitMs: 20_000 });

  test('is told at once, whatever the options are, and the answer tells how its hook ended', async () => {
    const charm = writeCharm(join(charms, 'shot'), {
      name: 'shot',
      body: '[ "$event" != update-status ] || exit 3',
      files: { 'metadata.yaml': 'name: shot\nprovides: {db: {interface: sql}}\ncontainers: {box: {}}\n' },
    });
    // A hook that failed would be tried again after 5 s, which may be in the middle of anything.
    await controller.call('modelConfigSet', { values: { 'automatically-retry-hooks': 'false' }, reset: [] });
    await controller.deploy(charm);
    await controller.waitForTold('shot/0', 'box-pebble-ready');
    expect(await fire('box-pebble-ready')).toEqual({ state: 'done', reason: '' });
    expect(controller.told('shot/0').filter((event) => event === 'box-pebble-ready')).toHaveLength(2);
    expect(await fire('config-changed')).toEqual({ state: 'done', reason: '' });
    expect(controller.told('shot/0').filter((event) => event === 'config-changed')).toHaveLength(2);
    expect(await fire('update-status')).toEqual({ state: 'failed', reason: 'hook failed: "update-status"' });
    expect(await fire('start')).toEqual({
      state: 'waiting',
      reason: 'unit shot/0 is in error: hook failed: "update-status"',
    });
    await controller.call('resolved', { units: ['shot/0'], all: false, retry: false });
    await controller.waitForTold('shot/0', 'start', 2);
  });

  test.each([
    ['remove', `cannot fire "remove": it is part of a unit's end (charmlet remove-unit or charmlet refresh)`],
    ['leader-settings-changed', 'cannot fire "leader-settings-changed": unit shot/0 is the leader'],
    ['db-relation-joined', 'cannot fire "db-relation-joined": it tells of units that come and go'],
    [
      'db-relation-changed',
      'cannot fire "db-relation-changed": unit shot/0 has no such relation at "db" (there is none)',
    ],
    ['box-pebble-check-failed', 'cannot fire "box-pebble-check-failed": a check has a name (--check NAME)'],
    ['box-pebble-custom-notice', 'cannot fire "box-pebble-custom-notice": a notice comes from the container'],
    ['no-such-event', 'cannot fire "no-such-event": unit shot/0 has no such event (there are: install, '],
  ])('%s is refused where it would not be true', async (event, message) => {
    await expect(fire(event)).rejects.toThrow(message);
  });
});
