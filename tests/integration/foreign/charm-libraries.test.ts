import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { LogLine } from '../../../src/controller/api.ts';
import { containerPlaces, unitPlaces } from '../../../src/controller/places.ts';
import { PebbleClient } from '../../../src/pebble/client.ts';
import { TestController } from '../controller/controller.ts';
import { charmLibraries, layOutCharm, opsLibrary } from './ops-library.ts';
import { whyNoNamespace } from './why-no-namespace.ts';

const library = (await whyNoNamespace()) === null ? await opsLibrary(charmLibraries) : null;
let controller: TestController;

beforeAll(async () => {
  if (!library) return;
  controller = new TestController();
  const charm = layOutCharm(join(controller.scratch, 'charm'), library, 'library-charm');
  const image = join(controller.scratch, 'image');
  mkdirSync(image);
  await controller.start();
  for (const application of ['client', 'server'])
    await controller.deploy(charm, { application, resources: { 'work-image': image } });
});
afterAll(() => controller?.destroy());

test.skipIf(!library)(
  'charms built of libraries find each other, and a password travels as a granted secret',
  async () => {
    await controller.waitForUnit('server/0', 'active', 'server of library-user, nothing');
    await controller.waitForUnit('client/0', 'active', 'client of library-user, nothing');
    await controller.call('integrate', { endpoints: ['client:backend', 'server:database'] });
    await controller.waitForUnit('client/0', 'active', 'client of library-user, given');

    const client = new PebbleClient({
      socket: containerPlaces(unitPlaces(controller.paths, { name: 'default' }, 'client/0'), 'work').socket,
    });
    const file = '/etc/client/credentials';
    expect((await client.pullFile(file)).toString()).toBe('somebody:open-sesame@db.example.com:5432');
    expect(await client.listFiles(file, { itself: true })).toMatchObject([{ permissions: '600' }]);

    // The password is in a secret of the server's that the relation is granted, and nowhere else.
    const { secrets } = await controller.call('secrets', { owner: 'application-server' });
    expect(secrets.length).toBeGreaterThan(0);
    const shown = JSON.stringify(await controller.call('showUnit', { units: ['client/0', 'server/0'] }));
    expect(shown).toContain('db.example.com:5432');
    const lines: LogLine[] = [];
    const all = {
      include: [],
      exclude: [],
      includeModule: [],
      excludeModule: [],
      backlog: -1,
      limit: 0,
      follow: false,
    };
    await controller.call('debugLog', { ...all, level: 'TRACE' }, (line) => lines.push(line));
    expect(shown + JSON.stringify(lines)).not.toContain('open-sesame');
  },
);
