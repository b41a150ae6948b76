import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { TestController, until } from '../controller/controller.ts';
import { layOutCharm, opsLibrary } from './ops-library.ts';

const run = promisify(execFile);
const library = await opsLibrary({ 'ops-scenario': '8.9.0' });
let controller: TestController;
let charm: string;

beforeAll(async () => {
  if (!library) return;
  controller = new TestController();
  charm = layOutCharm(join(controller.scratch, 'charm'), library, 'partner-charm');
  await controller.start();
  for (const application of ['giver', 'taker']) await controller.deploy(charm, { application });
  await Promise.all(['giver/0', 'taker/0'].map((unit) => controller.waitForUnit(unit, 'active')));
  await controller.call('integrate', { endpoints: ['giver:gives', 'taker:takes'] });
  await until('they have met', async () => controller.told('taker/0').includes('takes_relation_changed giver/0'));
  await controller.config('taker', { word: 'caught' });
  await controller.waitForUnit('taker/0', 'active', 'word caught');
});
afterAll(() => controller?.destroy());

test.skipIf(!library)('a captured unit is the state that a test of ops.testing begins with', async () => {
  const file = join(controller.scratch, 'taker.yaml');
  writeFileSync(file, stringify(await controller.call('capture', { unit: 'taker/0' })));
  const { stdout } = await run(library!.python, [join(charm, 'from-capture.py'), charm, file], {
    env: { ...process.env, PYTHONPATH: library!.path, PYTHONDONTWRITEBYTECODE: '1' },
  });
  expect(JSON.parse(stdout)).toEqual({ status: 'active', message: 'word caught', app: 'led by taker/0' });
});
