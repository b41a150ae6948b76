import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Progress } from '../../../src/controller/api.ts';
import { TestController, until, writeCharm } from './controller.ts';

let controller: TestController;
const notByItself = { 'automatically-retry-hooks': 'false' };

beforeAll(async () => {
  controller = new TestController();
  await controller.start();
  // By itself it would be after 5 s, which may be in the middle of anything.
  await controller.call('modelConfigSet', { values: notByItself, reset: [] });
});
afterAll(() => controller?.destroy());

/** A charm whose hook of that name fails. */
const failingAt = (name: string, hook: string): string =>
  writeCharm(join(controller.scratch, `${name}-${hook}`), {
    name,
    body: `[ "$event" != ${hook} ] || { echo "$event failed" >>"$JUJU_CHARM_DIR/../told"; exit 1; }`,
  });

test('a refresh by force reaches a unit whose failed hook is being tried again', async () => {
  const [gate, trying] = [join(controller.scratch, 'gate'), join(controller.scratch, 'trying')];
  const body = [
    'if [ "$event" = config-changed ]; then',
    `  mkdir ${trying}.once && exit 1`,
    `  touch ${trying}; while [ ! -e ${gate} ]; do sleep 0.05; done; exit 1`,
    'fi',
  ].join('\n');
  await controller.deploy(writeCharm(join(controller.scratch, 'tried'), { name: 'tried', body }));
  await controller.waitForUnit('tried/0', 'error');
  const again = { units: ['tried/0'], all: false, retry: true };
  await controller.call('resolved', again);
  await until('it is tried again', async () => existsSync(trying));
  const path = writeCharm(join(controller.scratch, 'mended'), { name: 'tried' });
  await controller.call('refresh', { application: 'tried', path, resources: {}, live: false, forceUnits: true });
  writeFileSync(gate, '');
  await controller.waitForUnit('tried/0', 'error');
  await controller.call('resolved', again);
  await controller.waitForTold('tried/0', 'start');
});

test('whoever destroys a model is told of a unit that is in error since, and how to go on with it', async () => {
  await controller.call('addModel', { name: 'other', settings: notByItself, focus: false });
  const other = controller.inModel('other');
  await other.deploy(failingAt('stuck', 'stop'));
  await other.waitForUnit('stuck/0', 'unknown');
  const told: string[] = [];
  const destroyed = other.call('destroyModel', { force: false }, ({ progress }: Progress) => told.push(progress));
  const expected =
    'unit stuck/0 is in error (hook failed: "stop") and stays until that is resolved (charmlet resolved -m other stuck/0), or use --force';
  await until('it is told', async () => told.includes(expected));
  await other.call('resolved', { units: ['stuck/0'], all: false, retry: false });
  await destroyed;
  expect(told.filter((line) => line.startsWith('unit '))).toEqual([expected]);
});
