import { join } from 'node:path';
import { stringify } from 'yaml';
import type { TemporalSettings } from './settings.ts';

export const service = 'temporal';
export const upCheck = 'temporal-up';

export interface ServerFacts {
  readonly binary: string;
  readonly dataDir: string;
  readonly settings: TemporalSettings;
  /** Run without the web UI, because another process has its port. */
  readonly headless: boolean;
}

/** The database file; it also marks our own server among all processes. */
export function databaseFile(dataDir: string): string {
  return join(dataDir, 'temporal.db');
}

/** The command line that Pebble runs, in Pebble's shell-like quoting. */
export function serverCommand({ binary, dataDir, settings, headless }: ServerFacts): string {
  const argv = [
    binary,
    'server',
    'start-dev',
    '--ip=127.0.0.1',
    `--port=${settings.port}`,
    ...(headless ? ['--headless'] : [`--ui-port=${settings.uiPort}`]),
    ...(settings.metricsPort === 0 ? [] : [`--metrics-port=${settings.metricsPort}`]),
    `--db-filename=${databaseFile(dataDir)}`,
    '--log-level=warn',
  ];
  return argv.map(quote).join(' ');
}

/**
 * The Pebble layer: the server, and a check that turns its death and its return into events. The server needs 3 to 4 s
 * to end in order.
 */
export function layer(facts: ServerFacts): string {
  return stringify({
    summary: 'temporal server',
    services: {
      [service]: {
        override: 'replace',
        summary: 'temporal server',
        command: serverCommand(facts),
        startup: 'enabled',
        'kill-delay': '10s',
        environment: { HOME: facts.dataDir },
      },
    },
    checks: {
      [upCheck]: {
        override: 'replace',
        tcp: { host: '127.0.0.1', port: facts.settings.port },
        period: '2s',
        timeout: '1s',
        threshold: 1,
      },
    },
  });
}

function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'"'"'`)}'`;
}
