import { join } from 'node:path';
import { stringify } from 'yaml';
import { clusterDir } from './cluster.ts';
import type { PostgresPrograms } from './postgres-programs.ts';
import { serverUser } from './server-user.ts';
import type { PostgresSettings } from './settings.ts';

export const service = 'postgresql';
export const upCheck = 'postgresql-up';

export interface ServerFacts {
  readonly programs: PostgresPrograms;
  readonly dataDir: string;
  readonly settings: PostgresSettings;
}

/**
 * On SIGTERM, PostgreSQL waits until its last client has gone, which a pool of connections never does; on SIGINT it
 * ends them. So a shell passes on the one as the other. The shell ends when, and as, the server does.
 */
const fastStop = [
  '"$@" & server=$!',
  'trap "kill -INT $server" TERM INT',
  'while wait "$server"; code=$?; kill -0 "$server" 2>/dev/null; do :; done',
  'exit "$code"',
].join('; ');

/** The command line that Pebble runs, in Pebble's shell-like quoting. */
export function serverCommand({ programs, dataDir, settings }: ServerFacts): string {
  const options = {
    port: settings.port,
    max_connections: settings.maxConnections,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    ssl: 'on',
    ssl_cert_file: 'server.crt',
    ssl_key_file: 'server.key',
    ssl_min_protocol_version: 'TLSv1.2',
    password_encryption: 'scram-sha-256',
    log_checkpoints: 'off',
  };
  const server = [
    ...serverUser().prefix,
    join(programs.bin, 'postgres'),
    '-D',
    clusterDir(dataDir),
    ...Object.entries(options).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ];
  return ['/bin/sh', '-c', fastStop, 'sh', ...server].map(quote).join(' ');
}

/** The Pebble layer: the server, and a check that turns its death and its return into events. */
export function layer(facts: ServerFacts): string {
  return stringify({
    summary: 'postgresql server',
    services: {
      [service]: {
        override: 'replace',
        summary: 'postgresql server',
        command: serverCommand(facts),
        startup: 'enabled',
        'kill-delay': '20s',
        environment: { HOME: facts.dataDir, LC_ALL: 'C' },
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
