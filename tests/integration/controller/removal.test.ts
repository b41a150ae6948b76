import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { unitPlaces } from '../../../src/controller/places.ts';
import { whyNoNamespace } from '../foreign/why-no-namespace.ts';
import { TestController, until, writeCharm } from './controller.ts';

async function withUnit(
  body: (controller: TestController) => Promise<void>,
  wrapper: readonly string[] = [],
): Promise<void> {
  const controller = new TestController({}, [...wrapper]);
  try {
    await controller.start();
    await controller.deploy(writeCharm(join(controller.scratch, 'charm'), { name: 'w' }));
    await controller.waitForUnit('w/0', 'unknown');
    await body(controller);
  } finally {
    await controller.kill();
    rmSync(controller.scratch, { recursive: true, force: true });
  }
}

const readOnly = 'mkdir -p cache/module && touch cache/module/file && chmod 555 cache/module cache';

test('directories that a unit has made read-only, as a Go module cache is, go with it', async () => {
  await withUnit(async (controller) => {
    await controller.exec('w/0', readOnly);
    const { root } = unitPlaces(controller.paths, { name: 'default' }, 'w/0');
    await controller.call('removeApplication', { applications: ['w'], force: false, destroyStorage: false });
    await until('the unit has left nothing', async () => !existsSync(root));
  });
  await withUnit(async (controller) => {
    await controller.exec('w/0', readOnly);
    expect(await controller.call('killController', {})).toEqual({ messages: [] });
    expect(existsSync(controller.paths.data)).toBe(false);
  });
});

test('kill-controller names what it cannot remove, and ends all the same', async ({ skip }) => {
  const impossible = await whyNoNamespace();
  if (impossible !== null) skip(`nothing can be mounted without a mount namespace: ${impossible}`);
  const wrapper = ['unshare', '--user', '--map-root-user', '--mount'];
  await withUnit(async (controller) => {
    await controller.exec('w/0', 'mkdir held && mount -t tmpfs none held');
    const { data } = controller.paths;
    const held = join(unitPlaces(controller.paths, { name: 'default' }, 'w/0').charm, 'held');
    expect(await controller.call('killController', {})).toEqual({
      messages: [`${data} was left: EBUSY: resource busy or locked, rmdir '${held}'`],
    });
    await until('the controller has ended', async () => !controller.runs);
    expect(existsSync(join(data, 'model.db'))).toBe(false);
  }, wrapper);
});
