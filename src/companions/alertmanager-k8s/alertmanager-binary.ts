import type { ServerBinary } from '../binary.ts';

/** The newest whose module has its web page built in: later ones need a JavaScript build first. */
const version = '0.28.1';

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
  archives: {},
};

/** Alertmanager's own checker of configurations. */
export const amtool = { command: 'amtool', variable: 'CHARMLET_AMTOOL' };
