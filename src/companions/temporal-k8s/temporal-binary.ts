import type { ServerBinary } from '../binary.ts';

const version = '1.5.1';
const release = (arch: 'amd64' | 'arm64') => [
  `https://github.com/temporalio/cli/releases/download/v${version}/temporal_cli_${version}_linux_${arch}.tar.gz`,
  `https://temporal.download/cli/archive/v${version}?platform=linux&arch=${arch}`,
];

/** Temporal's CLI, which contains the development server. What counts is the version of the server inside. */
export const temporalBinary: ServerBinary = {
  command: 'temporal',
  title: 'Temporal CLI',
  version,
  variable: 'CHARMLET_TEMPORAL',
  versionArgs: ['--version'],
  readVersion: (output) => /^temporal version .*\(Server (\d+\.\d+\.\d+)/m.exec(output)?.[1],
  minimum: '1.29.0',
  wanted: 'Temporal CLI with server 1.29.0 or newer',
  archives: {
    x64: {
      urls: release('amd64'),
      sha256: 'ddc95e08b0b076efd4ea9733a3f488eb7d2be875f8834e616cd2a37358b4852d',
      member: 'temporal',
      megabytes: 60,
    },
    arm64: {
      urls: release('arm64'),
      sha256: 'bd1b0db9f18b051026de8bf6cc1505f2510f14bbb7a8b9a4a91fff46c77454f5',
      member: 'temporal',
      megabytes: 60,
    },
  },
  go: {
    package: 'github.com/temporalio/cli/cmd/temporal',
    ldflags: `-s -w -X github.com/temporalio/cli/temporalcli.Version=${version}`,
    goVersion: '1.25',
    megabytes: 210,
    seconds: 210,
    packages: 1300,
  },
};
