import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { LogLine } from '../../../src/controller/api.ts';
import { Refused, TestController, writeCharm } from './controller.ts';

let controller: TestController;

beforeAll(async () => {
  controller = new TestController();
  await controller.start();
  const body = 'for level in TRACE DEBUG WARNING; do juju-log -l $level "$event at $level"; done';
  await controller.deploy(writeCharm(join(controller.scratch, 'charm'), { name: 'loud', body }));
  await controller.waitForTold('loud/0', 'start');
});
afterAll(() => controller?.destroy());

/** What the unit's charm has logged in an event, as far as it is there. */
async function logged(event: string): Promise<string[]> {
  const lines: LogLine[] = [];
  const all = { include: [], exclude: [], includeModule: ['unit'], excludeModule: [] };
  await controller.call('debugLog', { ...all, level: 'TRACE', backlog: -1, limit: 0, follow: false }, (line) =>
    lines.push(line),
  );
  return lines.flatMap(({ message }) => (message.startsWith(`${event} at `) ? [message.split(' ').at(-1)!] : []));
}

const configure = (config: string) =>
  controller.call('modelConfigSet', { values: { 'logging-config': config }, reset: [] });
const fire = () => controller.call('exec', { units: ['loud/0'], command, waitMs: 20_000, background: false });
const command = 'for level in TRACE DEBUG WARNING; do juju-log -l $level "exec at $level"; done';

test('TRACE is not logged until the model asks for it', async () => {
  expect(await logged('start')).toEqual(['DEBUG', 'WARNING']);
  await configure('<root>=INFO;unit=TRACE');
  await fire();
  expect(await logged('exec')).toEqual(['TRACE', 'DEBUG', 'WARNING']);
  await configure('<root>=TRACE;unit=WARNING');
  await fire();
  expect(await logged('exec')).toEqual(['TRACE', 'DEBUG', 'WARNING', 'WARNING']);
});

test('a level that there is not is refused', async () => {
  await expect(configure('<root>=LOUD')).rejects.toThrow(Refused);
  await expect(configure('<root>=LOUD')).rejects.toThrow('unknown severity level "LOUD"');
});
