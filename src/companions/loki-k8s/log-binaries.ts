import type { ServerBinary } from '../binary.ts';
import type { Archive } from '../transfer.ts';

const lokiVersion = '3.7.8';
const lokiArchive = (arch: 'amd64' | 'arm64'): Archive => {
  const release = `https://github.com/grafana/loki/releases/download/v${lokiVersion}`;
  const name = `loki-linux-${arch}`;
  const [urls, sha256] = [[`${release}/${name}.zip`], { list: `${release}/SHA256SUMS` }];
  return { urls, sha256, member: name, megabytes: 45 };
};

/** Go obeys the replace directives of the main module alone, so those of Loki's own go.mod are repeated here. */
const lokiForks = [
  'github.com/Azure/azure-sdk-for-go => github.com/Azure/azure-sdk-for-go v68.0.0+incompatible',
  'github.com/Azure/azure-storage-blob-go => github.com/MasslessParticle/azure-storage-blob-go v0.14.1-0.20240322194317-344980fda573',
  'github.com/gocql/gocql => github.com/grafana/gocql v0.0.0-20200605141915-ba5dc39ece85',
  'github.com/hashicorp/memberlist => github.com/grafana/memberlist v0.3.1-0.20251126142931-6f9f62ab6f86',
  'github.com/grafana/regexp => github.com/grafana/regexp v0.0.0-20240518133315-a468a5bfb3bc',
  'github.com/influxdata/go-syslog/v3 => github.com/leodido/go-syslog/v4 v4.3.0',
  'github.com/thanos-io/objstore => github.com/grafana/objstore v0.0.0-20250728171719-b5d3b766d1b0',
];

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
  go: {
    package: 'github.com/grafana/loki/v3/cmd/loki',
    module: { replace: lokiForks },
    ldflags: `-s -w -X github.com/grafana/loki/v3/pkg/util/build.Version=${lokiVersion}`,
    goVersion: '1.26',
    megabytes: 160,
    seconds: 480,
    packages: 2160,
  },
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
