import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { containerPlaces, unitPlaces } from '../../../src/controller/places.ts';
import { PebbleClient } from '../../../src/pebble/client.ts';
import { TestController, writeCharm } from './controller.ts';

const canary = 'canary-9f3a7c';
let controller: TestController;

const body = `
case $event in
config-changed)
  token=$(config-get token); [ -z "$token" ] || {
    value=$(secret-get "$token" value)
    state-set "kept=$value"
    for id in $(relation-ids gives); do relation-set -r "$id" "shown=is $value" plain=text password=in-clear; done
    status-set active "told $value"
  } ;;
start) id=$(secret-add own=${canary}-own --label mine); open-port 9000/tcp; application-version-set 1.2 ;;
esac`;
const metadata = (role: string) => `name: box
containers: {box: {resource: box-image}}
resources: {box-image: {type: oci-image}}
storage: {certs: {type: filesystem}}
peers: {mates: {interface: mates}}
${role}: {gives: {interface: pair}}
`;

beforeAll(async () => {
  controller = new TestController();
  const image = join(controller.scratch, 'image');
  mkdirSync(image);
  await controller.start();
  for (const [application, role] of [
    ['one', 'provides'],
    ['two', 'requires'],
  ] as const) {
    const charm = writeCharm(join(controller.scratch, application), {
      name: 'box',
      body,
      files: {
        'metadata.yaml': metadata(role),
        'config.yaml':
          'options: {word: {type: string, default: w0}, token: {type: secret}, api-key: {type: string, default: clear}}\n',
      },
    });
    await controller.deploy(charm, { application, resources: { 'box-image': image } });
    await controller.waitForTold(`${application}/0`, 'certs-storage-attached');
  }
  await controller.call('integrate', { endpoints: ['one', 'two'] });
  await controller.waitForTold('one/0', 'gives-relation-changed');
  const { id } = await controller.call('addSecret', {
    name: 'tok',
    info: '',
    content: { words: [`value=${canary}-first`] },
  });
  await controller.call('grantSecret', { secret: id, applications: ['one'] });
  await controller.config('one', { token: `secret:${id}` });
  await controller.waitForUnit('one/0', 'active');
  await controller.call('updateSecret', { secret: id, content: { words: [`value=${canary}-second`] } });
  const box = new PebbleClient({
    socket: containerPlaces(unitPlaces(controller.paths, { name: 'default' }, 'one/0'), 'box').socket,
  });
  const service = `command: sleep 1000, override: replace, startup: enabled, environment: {TOLD: ${canary}-anything}`;
  await box.addLayer('day', `services: {work: {${service}}}`);
  await controller.waitForTold('one/0', 'secret-changed');
});
afterAll(() => controller?.destroy());

test('what a charm can see is shown in the shape of its test library, and nothing secret is in it', async () => {
  const shown = await controller.call('capture', { unit: 'one/0' });
  expect(JSON.stringify(shown)).not.toContain(canary);
  expect(JSON.stringify(shown)).not.toContain(Buffer.from(`${canary}-first`).toString('base64'));
  const text = expect.any(String);
  expect(shown).toMatchObject({ charm: { name: 'box' }, unit: 'one/0', model: { type: 'kubernetes' } });
  expect(shown.state).toMatchObject({
    leader: true,
    planned_units: 1,
    config: { word: 'w0', token: expect.stringMatching(/^secret:/), 'api-key': '***' },
    relations: expect.arrayContaining([
      expect.objectContaining({ type: 'PeerRelation', endpoint: 'mates', interface: 'mates', peers_data: {} }),
      expect.objectContaining({
        type: 'Relation',
        endpoint: 'gives',
        interface: 'pair',
        remote_app_name: 'two',
        local_unit_data: expect.objectContaining({
          'private-address': expect.stringMatching(/^127\./),
          shown: 'is ***',
          plain: 'text',
          password: '***',
        }),
        remote_units_data: { 0: expect.objectContaining({ 'ingress-address': text }) },
      }),
    ]),
    secrets: expect.arrayContaining([
      expect.objectContaining({ owner: null, tracked_content: { value: '***' }, latest_content: { value: '***' } }),
      expect.objectContaining({ owner: 'app', label: 'mine', latest_content: { own: '***' } }),
    ]),
    containers: [
      {
        name: 'box',
        can_connect: true,
        plan: { services: { work: { command: 'sleep 1000', environment: { TOLD: '***' } } } },
        service_statuses: { work: 'inactive' },
      },
    ],
    storages: [{ name: 'certs' }],
    opened_ports: [{ protocol: 'tcp', port: 9000 }],
    unit_status: { name: 'active', message: 'told ***' },
    workload_version: '1.2',
    stored_state: { kept: '***' },
  });
});

test('a container that does not answer is shown as one that cannot be connected to', async () => {
  await controller.deploy(
    writeCharm(join(controller.scratch, 'bare'), {
      name: 'bare',
      files: { 'metadata.yaml': 'name: bare\ncontainers: {box: {bases: [{name: ubuntu, channel: "24.04"}]}}\n' },
    }),
  );
  const { state } = await controller.call('capture', { unit: 'bare/0' });
  expect(state.containers).toMatchObject([{ name: 'box' }]);
  await expect(controller.call('capture', { unit: 'nobody/0' })).rejects.toThrow('unit "nobody/0" not found');
});
