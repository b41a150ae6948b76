import { copyFile, link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Architecture } from './architecture.ts';
import { dispatchScript, environmentQueryScript } from './dispatch-script.ts';
import { inputHash } from './input-hash.ts';

const target = 'dist/charm';
/** Beside the charm and not in it: what it was made of. */
const stamp = 'dist/charm.inputs';

/** Files that go into the charm as they are. */
const asTheyAre = ['metadata.yaml', 'config.yaml', 'actions.yaml', 'LICENSE'];

/** Makes dist/charm/, unless it is fresh; returns its path. It is built beside and renamed, so that nobody finds half of it. */
export async function unpackedCharm(architecture: Architecture): Promise<string> {
  const inputs = `${architecture.juju} ${await inputHash()}\n`;
  const made = await readFile(stamp, 'utf8').catch(() => '');
  if (made === inputs) return target;
  const building = `${target}.${process.pid}`;
  await rm(building, { recursive: true, force: true });
  for (const directory of ['bin', 'queries']) await mkdir(join(building, directory), { recursive: true });
  const { bundle } = await import('./bundle.ts');
  await Promise.all([
    bundle(join(building, 'lib')),
    linkOrCopy(architecture.node, join(building, 'bin/node')),
    writeFile(join(building, 'dispatch'), dispatchScript(), { mode: 0o755 }),
    writeFile(join(building, 'queries/environment'), environmentQueryScript(), { mode: 0o755 }),
    writeFile(join(building, 'manifest.yaml'), manifest(architecture)),
    // Our dispatch looks for its containers where this variable says, so no local controller has to move them for it.
    writeFile(join(building, 'containers-dir'), 'CHARM_CONTAINERS_DIR\n'),
    writeFile(join(building, 'version'), `${await packageVersion()}\n`),
    ...asTheyAre.map((file) => copyFile(file, join(building, file))),
  ]);
  await rm(stamp, { force: true });
  await rename(target, `${building}.old`).catch(() => undefined);
  await rename(building, target);
  await writeFile(stamp, inputs);
  await rm(`${building}.old`, { recursive: true, force: true });
  return target;
}

function manifest({ juju }: Architecture): string {
  return ['bases:', '- name: ubuntu', '  channel: "24.04/stable"', '  architectures:', `  - ${juju}`, ''].join('\n');
}

async function packageVersion(): Promise<string> {
  return (JSON.parse(await readFile('package.json', 'utf8')) as { version: string }).version;
}

/** The binary is large and never written to: a second name for it costs nothing. */
async function linkOrCopy(from: string, to: string): Promise<void> {
  await link(from, to).catch(() => copyFile(from, to));
}
