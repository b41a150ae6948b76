import { realpath, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { CompanionPlaces } from '../../controller/companion.ts';
import { findBinary, type ServerBinary } from '../binary.ts';
import type { Archive } from '../transfer.ts';

const version = '12.0.2';

const archive = (arch: 'amd64' | 'arm64'): Archive => {
  const url = `https://dl.grafana.com/oss/release/grafana-${version}.linux-${arch}.tar.gz`;
  const top = `grafana-v${version}`;
  return {
    urls: [url],
    sha256: { list: `${url}.sha256` },
    member: `${top}/bin/grafana`,
    folders: [`${top}/conf`, `${top}/public`],
    megabytes: 190,
  };
};

export const grafanaBinary: ServerBinary = {
  command: 'grafana',
  alsoCalled: ['grafana-server'],
  title: 'Grafana',
  version,
  variable: 'CHARMLET_GRAFANA',
  versionArgs: ['-v'],
  readVersion: (output) => /(?:^grafana(?:-server)? version|^Version) (\d+\.\d+\.\d+)/im.exec(output)?.[1],
  minimum: '9.0.0',
  wanted: 'Grafana 9.0.0 or newer',
  archives: { x64: archive('amd64'), arm64: archive('arm64') },
};

/** This value of the variable says: no Grafana, even where there is one. */
export const without = 'none';

export interface Grafana {
  readonly version: string;
  readonly argv: readonly string[];
  /** Where its own pages and default configuration are. */
  readonly home: string;
}

/**
 * The Grafana of this machine; undefined where there is none, or the user wants none. Rejects when the variable names
 * something that cannot be used.
 */
export async function findGrafana(places: CompanionPlaces): Promise<Grafana | undefined> {
  if (places.env[grafanaBinary.variable] === without) return undefined;
  const { found } = await findBinary(grafanaBinary, places);
  if (!found) return undefined;
  const home = await homeOf(found.path);
  if (home) {
    const subcommand = basename(found.path) === 'grafana-server' ? [] : ['server'];
    return { version: found.version, argv: [found.path, ...subcommand], home };
  }
  if (places.env[grafanaBinary.variable] === undefined) return undefined;
  throw new Error(
    `cannot use ${grafanaBinary.variable}="${found.path}": no conf/defaults.ini beside it or above it (the program of an unpacked release)`,
  );
}

/** A release has its files beside or above the program; packages of distributions have them in one place. */
async function homeOf(program: string): Promise<string | undefined> {
  const real = await realpath(program);
  for (const home of [dirname(real), join(dirname(real), '..'), '/usr/share/grafana']) {
    const there = await stat(join(home, 'conf/defaults.ini')).catch(() => undefined);
    if (there?.isFile()) return join(home);
  }
  return undefined;
}
