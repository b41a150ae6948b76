import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { LogLine } from '../../../src/controller/api.ts';
import { whyNoNamespace } from '../foreign/why-no-namespace.ts';
import { TestController, until, writeCharm } from './controller.ts';

const impossible = await whyNoNamespace();
/** Becomes the controller, for which alone the data directory is a disk of 8 MiB. */
const onSmallDisk = 'mkdir "$CHARMLET_DATA" && mount -t tmpfs -o size=8m,mode=700 none "$CHARMLET_DATA" && exec "$@"';
const whole = 8 << 20;

let controller: TestController;
/** As the controller sees it. */
const onDisk = (name: string): string => join(`/proc/${controller.pid}/root`, controller.paths.data, name);

beforeAll(async () => {
  if (impossible) return;
  controller = new TestController({}, [
    'unshare',
    '--user',
    '--map-root-user',
    '--mount',
    'sh',
    '-c',
    onSmallDisk,
    'sh',
  ]);
  await controller.start();
  await controller.deploy(writeCharm(join(controller.scratch, 'charm'), { name: 'w' }));
  await controller.waitFor('it has started', ({ applications }) => {
    return applications.w?.units?.['w/0']?.['workload-status'].current === 'unknown';
  });
});
afterAll(async () => {
  await controller?.kill();
  if (controller) rmSync(controller.scratch, { recursive: true, force: true });
});

function fill(): void {
  try {
    writeFileSync(onDisk('ballast'), Buffer.alloc(whole));
  } catch (error) {
    expect(error).toMatchObject({ code: 'ENOSPC' });
  }
}

test.skipIf(impossible)(
  'a full disk is told as that, and the controller goes on when there is room again',
  async () => {
    const [gate, ended] = [join(controller.scratch, 'gate'), join(controller.scratch, 'ended')];
    const command = `while [ ! -e ${gate} ]; do sleep 0.05; done; juju-log lost; echo $$ >${ended}.new; mv ${ended}.new ${ended}`;
    const running = controller.exec('w/0', command);
    await controller.waitFor('it runs', ({ applications }) => {
      return applications.w?.units?.['w/0']?.['juju-status'].current === 'executing';
    });
    fill();
    await expect(controller.config('w', { trust: 'true' })).rejects.toThrow(
      'cannot write: no space is left on the disk of the data directory (make some, then repeat the command)',
    );
    // What ends now cannot be written down, nor can what it says be kept.
    writeFileSync(gate, '');
    await until('the command has ended', async () => existsSync(ended));
    expect((await controller.status()).applications.w?.scale).toBe(1);
    rmSync(onDisk('ballast'));
    await running;
    expect(await controller.exec('w/0', 'juju-log kept; echo again')).toBe('again\n');
    await controller.config('w', { trust: 'true' });
    expect(controller.runs).toBe(true);
    expect((await log()).slice(-2)).toEqual(['lines missing here, because they could not be written: 1', 'kept']);
  },
);

test.skipIf(impossible)('a data directory that is a mount point is emptied by kill-controller', async () => {
  const { data } = controller.paths;
  expect(await controller.call('killController', {})).toEqual({
    messages: [`${data} is empty, and itself was left: it cannot be removed (EBUSY)`],
  });
  await until('the controller has ended', async () => !controller.runs);
});

async function log(): Promise<string[]> {
  const lines: string[] = [];
  const all = { include: [], exclude: [], includeModule: [], excludeModule: [], backlog: -1, limit: 0, follow: false };
  await controller.call('debugLog', { ...all, level: 'TRACE' }, (line: LogLine) => lines.push(line.message));
  return lines.filter((line) => /^(lost|kept|lines missing here.*)$/.test(line));
}
