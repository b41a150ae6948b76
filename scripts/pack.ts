/**
 * `npm run pack`: makes the charm's archive `temporal-worker-k8s_ubuntu-24.04-<arch>.charm` from dist/charm/.
 *
 *   --unpacked   make dist/charm/ only; nothing to do when it is fresh
 *   --check      compare what the Node binary needs with what the Ubuntu bases have
 *   --arch ARCH  amd64 or arm64 (default: this machine's); its Node package has to be installed
 */
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: { unpacked: { type: 'boolean' }, check: { type: 'boolean' }, arch: { type: 'string' } },
});

try {
  const { architectureOf } = await import('./pack/architecture.ts');
  const architecture = architectureOf(values.arch ?? process.arch);
  if (values.check) {
    const { checkBinary } = await import('./pack/check-binary.ts');
    const { lines, fits } = await checkBinary(architecture.node);
    for (const line of lines) console.log(line);
    process.exitCode = fits ? 0 : 1;
  } else {
    const { unpackedCharm } = await import('./pack/unpacked-charm.ts');
    const directory = await unpackedCharm(architecture);
    if (!values.unpacked) {
      const { writeArchive } = await import('./pack/archive.ts');
      const file = `temporal-worker-k8s_ubuntu-24.04-${architecture.juju}.charm`;
      const { megabytes, sha256 } = await writeArchive(directory, file);
      console.log(`${file}: ${megabytes} MB, sha256 ${sha256}`);
    }
  }
} catch (error) {
  console.error(`ERROR ${(error as Error).message}`);
  process.exitCode = 1;
}
