import { join } from 'node:path';
import type { FoundBinary } from '../binary.ts';
import type { ServerService } from '../server-service.ts';
import type { TemporalSettings } from './settings.ts';

export const service = 'temporal';

export interface ServerFacts {
  readonly binary: FoundBinary;
  readonly dataDir: string;
  readonly settings: TemporalSettings;
  /** Run without the web UI, because another process has its port. */
  readonly headless: boolean;
}

/**
 * The server as a service, and a check that turns its death and its return into events. The server needs 3 to 4 s to
 * end in order.
 */
export function temporalServer({ binary, dataDir, settings, headless }: ServerFacts): ServerService {
  const { port, uiPort, metricsPort } = settings;
  return {
    name: service,
    argv: [
      binary.path,
      'server',
      'start-dev',
      '--ip=127.0.0.1',
      `--port=${port}`,
      ...(headless ? ['--headless'] : [`--ui-port=${uiPort}`]),
      ...(metricsPort === 0 ? [] : [`--metrics-port=${metricsPort}`]),
      `--db-filename=${join(dataDir, 'temporal.db')}`,
      '--log-level=warn',
    ],
    environment: { HOME: dataDir },
    killDelay: '10s',
    check: { tcp: { host: '127.0.0.1', port } },
    version: binary.version,
  };
}
