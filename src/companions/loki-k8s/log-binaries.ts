import type { ServerBinary } from '../binary.ts';
import type { Archive } from '../transfer.ts';

const lokiVersion = '3.7.8';
const lokiArchive = (arch: 'amd64' | 'arm64'): Archive => {
  const release = `https://github.com/grafana/loki/releases/download/v${lokiVersion}`;
  const name = `loki-linux-${arch}`;
  const [urls, sha256] = [[`${release}/${name}.zip`], { list: `${release}/SHA256SUMS` }];
  return { urls, sha256, member: name, megabytes: 45 };
};

/** No build with Go: Loki is under the AGPL, so its makers' release is the only form in which it is fetched. */
export const lokiBinary: ServerBinary = {
  command: 'loki',
  title: 'Loki',
  version: lokiVersion,
  variable: 'CHARMLET_LOKI',
  versionArgs: ['-version'],
  readVersion: (output) => /^loki, version v?(\d+\.\d+\.\d+)/m.exec(output)?.[1],
  // The store that we configure is the one of this release and later.
  minimum: '3.0.0',
  wanted: 'Loki 3.0.0 or newer',
  archives: { x64: lokiArchive('amd64'), arm64: lokiArchive('arm64') },
};

const victoriaVersion = '1.52.1';
const victoriaArchive = (arch: 'amd64' | 'arm64'): Archive => {
  const release = `https://github.com/VictoriaMetrics/VictoriaLogs/releases/download/v${victoriaVersion}`;
  const name = `victoria-logs-linux-${arch}-v${victoriaVersion}`;
  const [urls, sha256] = [[`${release}/${name}.tar.gz`], { list: `${release}/${name}_checksums.txt` }];
  return { urls, sha256, member: 'victoria-logs-prod', megabytes: 12 };
};

export const victoriaLogsBinary: ServerBinary = {
  command: 'victoria-logs',
  alsoCalled: ['victoria-logs-prod'],
  title: 'VictoriaLogs',
  version: victoriaVersion,
  variable: 'CHARMLET_VICTORIA_LOGS',
  versionArgs: ['-version'],
  readVersion: (output) => /^victoria-logs-.*v(\d+\.\d+\.\d+)/m.exec(output)?.[1],
  minimum: '1.0.0',
  wanted: 'VictoriaLogs 1.0.0 or newer',
  archives: { x64: victoriaArchive('amd64'), arm64: victoriaArchive('arm64') },
  go: {
    package: 'github.com/VictoriaMetrics/VictoriaLogs/app/victoria-logs',
    ldflags: `-s -w -X github.com/VictoriaMetrics/VictoriaMetrics/lib/buildinfo.Version=victoria-logs-v${victoriaVersion}`,
    goVersion: '1.26',
    megabytes: 17,
    seconds: 150,
    packages: 300,
  },
};
