import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { TestController, writeCharm } from './controller.ts';

let controller: TestController;
let go: string;
/** When a hook was begun, which is not when its shell gets to say so: the start time of its process. */
// biome-ignore lint/suspicious/noTemplateCurlyInString: it is the shell's.
const beganInShell = 'began() { read -r stat </proc/$$/stat; set -- ${stat##*) }; shift 19; echo "$1"; }\n';
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
    body: `${beganInShell}echo "$(began) quiet $event" >>${log}`,
    files: { 'config.yaml': 'options: {word: {type: string, default: hello}}\n' },
  });
  const chatty = writeCharm(join(controller.scratch, 'chatty'), {
    name: 'chatty',
    body: `${beganInShell}case $event in *-storage-attached) ${waitForGo()}; echo "$(began) chatty" >>${log} ;; esac`,
    files: { 'metadata.yaml': 'name: chatty\nstorage: {shelf: {type: filesystem, multiple: {range: 20-}}}\n' },
  });
  await controller.deploy(quiet);
  await controller.deploy(chatty, { units });
  await controller.waitForTold('quiet/0', 'start');
  for (let n = 0; n < units; n += 1) await controller.waitForTold(`chatty/${n}`, 'start');
  await controller.config('quiet', { word: 'changed' });
  writeFileSync(go, '');
  for (let n = 0; n < units; n += 1) await controller.waitForTold(`chatty/${n}`, 'shelf-storage-attached', 20);
  await controller.waitForTold('quiet/0', 'config-changed', 2);
  const lines = readFileSync(log, 'utf8').trimEnd().split('\n');
  const began = (what: string) =>
    lines.filter((line) => line.endsWith(` ${what}`)).map((line) => Number(line.split(' ')[0]));
  expect(began('chatty')).toHaveLength(20 * units);
  const turn = Math.max(...began('quiet config-changed'));
  // Those that ran when the option was changed, and one more turn of each at most.
  expect(began('chatty').filter((each) => each < turn).length).toBeLessThanOrEqual(2 * units);
});
