import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { LogLine } from '../../../src/controller/api.ts';
import { TestController, until, writeCharm } from './controller.ts';

let controller: TestController;
let cos: TestController;
let charm: string;

beforeAll(async () => {
  controller = new TestController();
  cos = controller.inModel('cos');
  await controller.start();
  charm = writeCharm(join(controller.scratch, 'charm'), {
    name: 'web',
    body: [
      'juju-log "in $JUJU_MODEL_NAME"; status-set active "$(config-get word)"',
      `[ "$event" != stop ] || while [ -e ${hold()} ]; do sleep 0.05; done`,
    ].join('\n'),
    files: {
      'metadata.yaml': 'name: web\ncontainers: {box: {}}\npeers: {peer: {interface: web}}\n',
      'config.yaml': 'options: {word: {type: string, default: none}}\n',
      'actions.yaml': 'where: {}\n',
    },
  });
});
afterAll(() => controller?.destroy());

/** Units wait with their stop as long as it is there. */
const hold = () => join(controller.scratch, 'hold');
const addModel = (name: string, focus = false) => controller.call('addModel', { name, focus, settings: {} });
const focus = async () => (await controller.call('models', {})).focus;
const logOf = async (of: TestController): Promise<string[]> => {
  const lines: string[] = [];
  const all = { include: [], exclude: [], includeModule: [], excludeModule: [] };
  const params = { ...all, level: 'DEBUG' as const, backlog: -1, limit: 0, follow: false };
  await of.call('debugLog', params, (line: LogLine) => lines.push(line.message));
  return lines;
};

test('a model is added once, under a name that Juju would take', async () => {
  expect(await addModel('cos')).toEqual({ messages: ["Added 'cos' model on local/localhost for user 'admin'"] });
  await expect(addModel('cos')).rejects.toThrow('failed to create new model: model "cos" for admin already exists');
  await expect(addModel('Cos')).rejects.toThrow(
    '"Cos" is not a valid name: model names may only contain lowercase letters, digits and hyphens',
  );
  expect((await controller.call('models', {})).models.map((model) => model.name)).toEqual([
    'admin/cos',
    'admin/default',
  ]);
});

test('a model is named with or without controller and user; others are refused in Juju’s words', async () => {
  for (const name of ['cos', 'admin/cos', 'charmlet:cos', 'charmlet:admin/cos'])
    expect((await controller.inModel(name).status()).model.name).toBe('cos');
  await expect(controller.inModel('prod').status()).rejects.toThrow(
    'model charmlet:admin/prod not found (see charmlet models)',
  );
  await expect(controller.inModel('bob/cos').status()).rejects.toThrow(
    'model charmlet:bob/cos not found (see charmlet models)',
  );
  await expect(controller.inModel('k8s:cos').status()).rejects.toThrow(
    'controller k8s not found (there is one, charmlet)',
  );
});

test('two applications of one name in two models share nothing', async () => {
  await controller.deploy(charm);
  await cos.deploy(charm, { units: 2, config: { word: 'other' } });
  await controller.waitForUnit('web/0', 'active', 'none');
  await Promise.all(['web/0', 'web/1'].map((unit) => cos.waitForUnit(unit, 'active', 'other')));
  const addresses = [
    (await controller.unit('web/0'))?.address,
    (await cos.unit('web/0'))?.address,
    (await cos.unit('web/1'))?.address,
  ];
  expect(new Set(addresses).size).toBe(3);
  expect(Object.keys((await controller.status()).applications.web?.units ?? {})).toEqual(['web/0']);
  const places = new Set<string | undefined>();
  for (const [at, name] of [
    [controller, 'default'],
    [cos, 'cos'],
  ] as const) {
    await at.waitForTold('web/0', 'box-pebble-ready');
    const [model, word, containers] = (
      await at.exec('web/0', 'echo "$JUJU_MODEL_NAME $(config-get word) $CHARM_CONTAINERS_DIR"')
    ).split(/\s/);
    expect([model, word]).toEqual([name, name === 'cos' ? 'other' : 'none']);
    places.add(containers);
    const messages = (await logOf(at)).filter((line) => line.startsWith('in '));
    expect(new Set(messages)).toEqual(new Set([`in ${name}`]));
  }
  expect(places.size).toBe(2);
  await cos.config('web', { word: 'changed' });
  await cos.waitForUnit('web/1', 'active', 'changed');
  expect((await controller.unit('web/0'))?.['workload-status'].message).toBe('none');
  const run = { action: 'where', params: {}, background: false, waitMs: 20_000 };
  for (const at of [controller, cos])
    expect(Object.keys((await at.call('run', { ...run, units: ['web/leader'] })).tasks)).toEqual(['web/0']);
});

test('settings, secrets and tasks are each model’s own', async () => {
  await cos.call('modelConfigSet', { values: { 'update-status-hook-interval': '1m' }, reset: [] });
  const interval = async (of: TestController) =>
    (await of.call('modelConfigGet', {}))['update-status-hook-interval']?.value;
  expect([await interval(controller), await interval(cos)]).toEqual(['5m', '1m']);
  const secret = { name: 'mine', info: '', content: { words: ['key=value'] } };
  const { id } = await controller.call('addSecret', secret);
  await cos.call('addSecret', secret);
  await expect(cos.call('grantSecret', { secret: id, applications: ['web'] })).rejects.toThrow(
    `secret "secret:${id}" not found`,
  );
  await controller.call('grantSecret', { secret: id, applications: ['web'] });
  expect(await cos.exec('web/0', `secret-get ${id} 2>&1`)).toBe(`ERROR secret "${id}" not found\n`);
  expect(await controller.exec('web/0', `secret-get ${id} key`)).toBe('value\n');
});

test('everything of every model goes on after the controller was killed', async () => {
  await controller.settled();
  const before = await Promise.all([controller, cos].map((at) => at.told('web/0')));
  await controller.kill();
  await controller.start();
  await Promise.all([controller, cos].map((at) => at.waitForUnit('web/0', 'active')));
  expect(await Promise.all([controller, cos].map((at) => at.told('web/0')))).toEqual(before);
  await cos.config('web', { word: 'after' });
  await cos.waitForUnit('web/0', 'active', 'after');
});

test('a model that is destroyed takes everything with it, also when the controller is killed on the way', async () => {
  await controller.call('switchModel', { to: 'cos' });
  expect(await focus()).toBe('cos');
  writeFileSync(hold(), '');
  const destroyed = controller.inModel('cos').call('destroyModel', { force: false });
  destroyed.catch(() => {});
  await until('the removal has begun', async () =>
    Object.values((await cos.status()).applications).some((application) => application.life === 'dying'),
  );
  await controller.kill();
  rmSync(hold());
  await controller.start();
  await until('the model has gone', async () => (await controller.call('models', {})).models.length === 1);
  expect(await focus()).toBeUndefined();
  await expect(controller.status()).rejects.toThrow(/^No model in focus\.\n\nPlease use "charmlet models"/);
  const unit = join(controller.paths.data, 'units', 'cos.web-0');
  await until('its units’ directories have gone', async () => !existsSync(unit));
  await controller.call('switchModel', { to: 'default' });
  await controller.waitForUnit('web/0', 'active');
  await addModel('cos');
  expect((await cos.status()).applications).toEqual({});
});

test('the model default begins anew when it is destroyed', async () => {
  const uuid = (await controller.call('showModel', {}))['model-uuid'];
  await controller.call('destroyModel', { force: false });
  const fresh = await controller.call('showModel', {});
  expect(fresh['short-name']).toBe('default');
  expect(fresh['model-uuid']).not.toBe(uuid);
  expect((await controller.call('secrets', {})).secrets).toEqual([]);
});
