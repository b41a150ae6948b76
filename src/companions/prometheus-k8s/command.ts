import { statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { configurationFile } from './configuration.ts';
import type { PrometheusSettings } from './settings.ts';

/** The server's arguments; as in the charm, but for where it listens and keeps its data. */
export async function serverArgv(facts: {
  readonly binary: string;
  readonly dataDir: string;
  readonly port: number;
  readonly settings: PrometheusSettings;
}): Promise<readonly string[]> {
  const { binary, dataDir, port, settings } = facts;
  const size = settings.retentionRatio === undefined ? undefined : await diskShare(dataDir, settings.retentionRatio);
  return [
    binary,
    `--config.file=${join(dataDir, configurationFile)}`,
    `--storage.tsdb.path=${join(dataDir, 'tsdb')}`,
    `--web.listen-address=127.0.0.1:${port}`,
    `--web.external-url=http://127.0.0.1:${port}`,
    '--web.route-prefix=/',
    '--web.enable-lifecycle',
    '--web.enable-remote-write-receiver',
    `--log.level=${settings.logLevel === 'fatal' ? 'error' : settings.logLevel}`,
    ...(settings.walCompression ? ['--storage.tsdb.wal-compression'] : []),
    ...(settings.exemplars > 0 ? ['--enable-feature=exemplar-storage'] : []),
    `--storage.tsdb.retention.time=${settings.retentionTime}`,
    ...(size ? [`--storage.tsdb.retention.size=${size}`] : []),
  ];
}

/** That part of the disk which holds the directory, in Prometheus' units; undefined when it would be nothing. */
async function diskShare(directory: string, ratio: number): Promise<string | undefined> {
  const { blocks, bsize } = await statfs(directory);
  const gigabytes = Math.floor((blocks * bsize * ratio) / 1024 ** 3);
  return gigabytes > 0 ? `${gigabytes}GB` : undefined;
}
