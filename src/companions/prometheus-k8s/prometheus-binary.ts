import type { ServerBinary } from '../binary.ts';

/** Debian 12 and Ubuntu 22.04 bring 2.31 and newer; older ones cannot check rules as we ask. */
const version = '3.8.0';

export const prometheusBinary: ServerBinary = {
  command: 'prometheus',
  title: 'Prometheus',
  version,
  variable: 'CHARMLET_PROMETHEUS',
  versionArgs: ['--version'],
  readVersion: (output) => /^prometheus, version (\d+\.\d+\.\d+)/m.exec(output)?.[1],
  minimum: '2.31.0',
  wanted: 'Prometheus 2.31.0 or newer',
  archives: {},
};

/** Prometheus' own checker of configurations and rules. */
export const promtool = { command: 'promtool', variable: 'CHARMLET_PROMTOOL' };
