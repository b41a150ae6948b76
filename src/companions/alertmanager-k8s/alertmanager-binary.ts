import type { ServerBinary } from '../binary.ts';
import type { Archive } from '../transfer.ts';

/** The newest whose module has its web page built in: later ones need a JavaScript build first. */
const version = '0.28.1';

const archive = (arch: 'amd64' | 'arm64'): Archive => {
  const release = `https://github.com/prometheus/alertmanager/releases/download/v${version}`;
  const name = `alertmanager-${version}.linux-${arch}`;
  return {
    urls: [`${release}/${name}.tar.gz`],
    sha256: { list: `${release}/sha256sums.txt` },
    member: `${name}/alertmanager`,
    beside: [`${name}/amtool`],
    megabytes: 33,
  };
};

export const alertmanagerBinary: ServerBinary = {
  command: 'alertmanager',
  alsoCalled: ['prometheus-alertmanager'],
  title: 'Alertmanager',
  version,
  variable: 'CHARMLET_ALERTMANAGER',
  versionArgs: ['--version'],
  readVersion: (output) => /^alertmanager, version (\d+\.\d+\.\d+)/m.exec(output)?.[1],
  minimum: '0.22.0',
  wanted: 'Alertmanager 0.22.0 or newer',
  archives: { x64: archive('amd64'), arm64: archive('arm64') },
  go: {
    package: 'github.com/prometheus/alertmanager/cmd/alertmanager',
    beside: ['github.com/prometheus/alertmanager/cmd/amtool'],
    ldflags: `-s -w -X github.com/prometheus/common/version.Version=${version}`,
    goVersion: '1.22',
    megabytes: 30,
    seconds: 90,
    packages: 700,
  },
};

/** Alertmanager's own checker of configurations. */
export const amtool = { command: 'amtool', variable: 'CHARMLET_AMTOOL' };
