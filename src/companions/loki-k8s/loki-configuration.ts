import { join } from 'node:path';
import { stringify } from 'yaml';
import type { LokiSettings } from './settings.ts';

export const configurationFile = 'loki.yaml';
/** Loki's name for the only tenant of a server without authentication. */
const tenant = 'fake';
export const rulesDirectory = `rules/${tenant}`;

/**
 * Loki's configuration, as the charm makes it, but for places, for 127.0.0.1, and for the store: a new server has no
 * older form of it to go on with.
 */
export function renderLoki(facts: {
  readonly settings: LokiSettings;
  readonly dataDir: string;
  readonly port: number;
  readonly grpcPort: number;
  readonly alertmanagers: readonly string[];
}): string {
  const { settings, dataDir, port, grpcPort, alertmanagers } = facts;
  const at = (...names: string[]) => join(dataDir, ...names);
  const { rateMb, burstMb, retentionDays } = settings;
  const local = '127.0.0.1';
  const configuration = {
    target: 'all',
    auth_enabled: false,
    server: {
      http_listen_address: local,
      http_listen_port: port,
      grpc_listen_address: local,
      grpc_listen_port: grpcPort,
    },
    common: {
      path_prefix: at(),
      replication_factor: 1,
      instance_addr: local,
      ring: { instance_addr: local, kvstore: { store: 'inmemory' } },
      storage: { filesystem: { chunks_directory: at('chunks'), rules_directory: at('rules') } },
    },
    ingester: { wal: { dir: at('wal'), enabled: true, flush_on_shutdown: true } },
    ruler: {
      storage: { type: 'local', local: { directory: at('rules') } },
      rule_path: at('rules-scratch'),
      poll_interval: '10s',
      enable_api: true,
      enable_alertmanager_v2: true,
      ...(alertmanagers.length > 0 && { alertmanager_url: alertmanagers.join(',') }),
    },
    schema_config: {
      configs: [
        {
          from: '2024-01-01',
          index: { period: '24h', prefix: 'index_' },
          object_store: 'filesystem',
          schema: 'v13',
          store: 'tsdb',
        },
      ],
    },
    storage_config: {
      tsdb_shipper: { active_index_directory: at('tsdb-index'), cache_location: at('tsdb-cache') },
      filesystem: { directory: at('chunks') },
    },
    limits_config: {
      allow_structured_metadata: true,
      ingestion_rate_mb: rateMb,
      ingestion_burst_size_mb: burstMb,
      per_stream_rate_limit: `${rateMb}MB`,
      per_stream_rate_limit_burst: `${burstMb}MB`,
      split_queries_by_interval: '0',
      retention_period: `${retentionDays}d`,
    },
    query_range: { parallelise_shardable_queries: false },
    frontend: { max_outstanding_per_tenant: 8192, compress_responses: true },
    querier: { max_concurrent: 20 },
    compactor: {
      working_directory: at('compactor'),
      retention_enabled: retentionDays > 0,
      ...(retentionDays > 0 && { delete_request_store: 'filesystem' }),
    },
    analytics: { reporting_enabled: settings.reporting },
  };
  return stringify(configuration, { version: '1.1', aliasDuplicateObjects: false, lineWidth: 0 });
}
