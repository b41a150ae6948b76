import { join } from 'node:path';
import type { ServerService } from '../server-service.ts';
import { clusterDir, ensureCluster } from './cluster.ts';
import type { PostgresPrograms } from './postgres-programs.ts';
import { serverUser } from './server-user.ts';
import type { PostgresSettings } from './settings.ts';

export const service = 'postgresql';

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

/** The server as a service, and a check that turns its death and its return into events. */
export function postgresServer({ programs, dataDir, settings }: ServerFacts): ServerService {
  const { port, maxConnections } = settings;
  const options = {
    port,
    max_connections: maxConnections,
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
  return {
    name: service,
    argv: ['/bin/sh', '-c', fastStop, 'sh', ...server],
    environment: { HOME: dataDir, LC_ALL: 'C' },
    killDelay: '20s',
    check: { tcp: { host: '127.0.0.1', port } },
    version: programs.version,
    prepare: () => ensureCluster(dataDir, programs),
    complaintIn,
  };
}

/** What the server, or the shell that starts it, complained about last. */
export function complaintIn(lines: readonly string[]): string | undefined {
  const line = lines.findLast((line) => /FATAL|PANIC|ERROR|setpriv|not /.test(line));
  return line?.replace(/^.*?(FATAL|PANIC|ERROR):\s*/, '').trim();
}
