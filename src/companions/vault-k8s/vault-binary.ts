import type { ServerBinary } from '../binary.ts';

const version = '1.21.0';
const releases = `https://releases.hashicorp.com/vault/${version}`;
const release = (arch: 'amd64' | 'arm64') =>
  ({
    urls: [`${releases}/vault_${version}_linux_${arch}.zip`],
    sha256: { list: `${releases}/vault_${version}_SHA256SUMS` },
    member: 'vault',
    megabytes: 180,
  }) as const;

/** HashiCorp's Vault: server and command line in one program. */
export const vaultBinary: ServerBinary = {
  command: 'vault',
  title: 'Vault',
  version,
  variable: 'CHARMLET_VAULT',
  versionArgs: ['version'],
  readVersion: (output) => /^Vault v(\d+\.\d+\.\d+)/m.exec(output)?.[1],
  minimum: '1.16.0',
  wanted: 'Vault 1.16.0 or newer',
  archives: { x64: release('amd64'), arm64: release('arm64') },
  go: {
    package: 'github.com/hashicorp/vault',
    module: { replace: [] },
    ldflags: '-s -w',
    goVersion: '1.25',
    megabytes: 400,
    seconds: 420,
    packages: 2580,
  },
};
