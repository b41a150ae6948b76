import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { TestController, writeCharm } from './controller.ts';

let controller: TestController;
let go: string;
const waitForGo = () => `until [ -e ${go} ]; do sleep 0.05; done`;

beforeEach(async () => {
  controller = new TestController();
  go = join(controller.scratch, 'go');
  await controller.start();
});
afterEach(() => controller?.destroy());

test('hooks that wait for another unit are no bar to it, however many there are', async () => {
  const waiter = writeCharm(join(controller.scratch, 'waiter'), { name: 'waiter', body: waitForGo() });
  const opener = writeCharm(join(controller.scratch, 'opener'), { name: 'opener', body: `touch ${go}` });
  const units = availableParallelism() + 1;
  await controller.deploy(waiter, { units });
  await controller.deploy(opener);
  await controller.waitForTold('opener/0', 'start');
  for (let n = 0; n < units; n += 1) await controller.waitForTold(`waiter/${n}`, 'start');
});

test('units with long queues leave the others their turns', async () => {
  const log = join(controller.scratch, 'log');
  const units = availableParallelism();
  const quiet = writeCharm(join(controller.scratch, 'quiet'), {
    name: 'quiet',
    body: `echo "quiet $event" >>${log}`,
    files: { 'config.yaml': 'options: {word: {type: string, default: hello}}\n' },
  });
  const chatty = writeCharm(join(controller.scratch, 'chatty'), {
    name: 'chatty',
    body: `case $event in *-storage-attached) ${waitForGo()}; echo chatty >>${log} ;; esac`,
    files: { 'metadata.yaml': 'name: chatty\nstorage: {shelf: {type: filesystem, multiple: {range: 20-}}}\n' },
  });
  await controller.deploy(quiet);
  await controller.deploy(chatty, { units });
  await controller.waitForTold('quiet/0', 'start');
  for (let n = 0; n < units; n += 1) await controller.waitForTold(`chatty/${n}`, 'start');
  await controller.config('quiet', { word: 'changed' });
  writeFileSync(go, '');
  for (let n = 0; n < units; n += 1) await controller.waitForTold(`chatty/${n}`, 'shelf-storage-attached', 20);
  const lines = readFileSync(log, 'utf8').trimEnd().split('\n');
  expect(lines.filter((line) => line === 'chatty')).toHaveLength(20 * units);
  const before = lines.slice(0, lines.lastIndexOf('quiet config-changed')).filter((line) => line === 'chatty');
  // Those that ran when the option was changed, and one more turn of each at most.
  expect(before.length).toBeLessThanOrEqual(2 * units);
});
