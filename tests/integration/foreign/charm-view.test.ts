import { mkdirSync, readlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { LogLine } from '../../../src/controller/api.ts';
import { unitPlaces } from '../../../src/controller/places.ts';
import { TestController, writeCharm } from '../controller/controller.ts';
import { whyNoNamespace } from './why-no-namespace.ts';

const impossible = await whyNoNamespace();
let controller: TestController;
afterEach(() => controller?.destroy());

const metadata = 'name: boxed\ncontainers: {box: {resource: image}}\nresources: {image: {type: oci-image}}\n';
const inWords =
  'status-set active "$(readlink /proc/self/ns/mnt) $(ls /charm/containers 2>/dev/null)|$(ls "$CHARM_CONTAINERS_DIR")"';

async function deploy(files: Record<string, string>, env: NodeJS.ProcessEnv = {}): Promise<string> {
  controller = new TestController(env);
  const charm = writeCharm(join(controller.scratch, 'charm'), {
    name: 'boxed',
    body: inWords,
    files: { 'metadata.yaml': metadata, ...files },
  });
  const image = join(controller.scratch, 'image');
  mkdirSync(image);
  await controller.start();
  await controller.deploy(charm, { resources: { image } });
  await controller.waitForTold('boxed/0', 'box-pebble-ready');
  return (await controller.waitForUnit('boxed/0', 'active'))['workload-status'].message ?? '';
}

async function warnings(): Promise<string[]> {
  const lines: LogLine[] = [];
  const all = { include: [], exclude: [], includeModule: [], excludeModule: [], backlog: -1, limit: 0, follow: false };
  await controller.call('debugLog', { ...all, level: 'WARNING' }, (line) => lines.push(line));
  return lines.map(({ message }) => message);
}

test.skipIf(impossible)('a charm finds its containers at /charm/containers, in a view of its own', async () => {
  const [namespace, found] = (await deploy({})).split(' ');
  expect(namespace).not.toBe(readlinkSync('/proc/self/ns/mnt'));
  expect(found).toBe('box|box');
  expect(await warnings()).toEqual([]);
});

test.skipIf(impossible)('a shell beside the charm has the same view', async () => {
  await deploy({});
  const { argv, cwd } = await controller.call('workload', { unit: 'boxed/0', command: ['ls', '/charm'] });
  expect([basename(argv[0]!), cwd]).toEqual([
    'unshare',
    unitPlaces(controller.paths, { name: 'default' }, 'boxed/0').charm,
  ]);
});

test('a charm that says it follows the variable runs as it is', async () => {
  expect(await deploy({ 'containers-dir': 'CHARM_CONTAINERS_DIR\n' })).toBe(
    `${readlinkSync('/proc/self/ns/mnt')} |box`,
  );
});

test('where no namespace can be had it runs as it is, and that is told once', async () => {
  expect(await deploy({}, { CHARMLET_NAMESPACE: 'never' })).toBe(`${readlinkSync('/proc/self/ns/mnt')} |box`);
  await controller.config('boxed', {});
  expect(await warnings()).toEqual([
    'cannot show the charm its containers at /charm/containers: namespaces are switched off (only a charm that follows ' +
      'CHARM_CONTAINERS_DIR reaches them; as root, or with user namespaces allowed, every charm does: ' +
      'sysctl kernel.apparmor_restrict_unprivileged_userns=0)',
  ]);
});
