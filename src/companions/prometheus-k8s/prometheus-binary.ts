import type { ServerBinary } from '../binary.ts';
import type { Archive } from '../transfer.ts';

const version = '3.8.0';

const archive = (arch: 'amd64' | 'arm64'): Archive => {
  const release = `https://github.com/prometheus/prometheus/releases/download/v${version}`;
  const name = `prometheus-${version}.linux-${arch}`;
  return {
    urls: [`${release}/${name}.tar.gz`],
    sha256: { list: `${release}/sha256sums.txt` },
    member: `${name}/prometheus`,
    beside: [`${name}/promtool`],
    megabytes: 125,
  };
};

/** A build with Go has no web page: its files come with releases alone. */
export const prometheusBinary: ServerBinary = {
  command: 'prometheus',
  title: 'Prometheus',
  version,
  variable: 'CHARMLET_PROMETHEUS',
  versionArgs: ['--version'],
  readVersion: (output) => /^prometheus, version (\d+\.\d+\.\d+)/m.exec(output)?.[1],
  minimum: '2.31.0',
  wanted: 'Prometheus 2.31.0 or newer',
  archives: { x64: archive('amd64'), arm64: archive('arm64') },
  go: {
    package: 'github.com/prometheus/prometheus/cmd/prometheus',
    // Its go.mod has exclude directives, which Go takes from a main module alone.
    module: { replace: [] },
    beside: ['github.com/prometheus/prometheus/cmd/promtool'],
    moduleVersion: '0.308.0',
    ldflags: `-s -w -X github.com/prometheus/common/version.Version=${version}`,
    goVersion: '1.24',
    megabytes: 130,
    seconds: 420,
    packages: 2300,
  },
};

/** Prometheus' own checker of configurations and rules. */
export const promtool = { command: 'promtool', variable: 'CHARMLET_PROMTOOL' };
