import type { ServerBinary } from '../binary.ts';
import type { Archive } from '../transfer.ts';

const version = '3.13.5';

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

/** A build with Go has no web page and no promtool: both come with releases, promtool with distributions as well. */
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
    moduleVersion: '0.313.5',
    // Targets come from relations; without the clients of a dozen clouds it is built in a third of the time.
    tags: ['remove_all_sd'],
    ldflags: `-s -w -X github.com/prometheus/common/version.Version=${version}`,
    goVersion: '1.26',
    megabytes: 110,
    seconds: 420,
    packages: 1100,
  },
};

/** Prometheus' own checker of configurations and rules. */
export const promtool = { command: 'promtool', variable: 'CHARMLET_PROMTOOL' };
