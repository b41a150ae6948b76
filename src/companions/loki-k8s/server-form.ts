import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { ServerService } from '../server-service.ts';
import type { LogServer } from './log-server.ts';
import { configurationFile, renderLoki } from './loki-configuration.ts';
import type { LokiSettings } from './settings.ts';

/** How a server is run and reached. */
export interface ServerForm {
  readonly files: Readonly<Record<string, string>>;
  readonly service: ServerService;
  /** Answers 200 when it serves. */
  readonly readyUrl: string;
  /** Where logs are pushed to, behind the server's address. */
  readonly pushPath: string;
  /** Grafana's word for it. */
  readonly sourceType: string;
}

export interface FormFacts {
  readonly server: LogServer;
  readonly settings: LokiSettings;
  readonly dataDir: string;
  readonly port: number;
  readonly grpcPort: number;
  readonly alertmanagers: readonly string[];
}

export function serverForm(facts: FormFacts): ServerForm {
  return facts.server.kind === 'loki' ? lokiForm(facts) : victoriaForm(facts);
}

function lokiForm(facts: FormFacts): ServerForm {
  const { server, dataDir, port } = facts;
  const configuration = renderLoki(facts);
  return {
    files: { [configurationFile]: configuration },
    service: {
      ...common(facts),
      argv: [server.binary.path, `-config.file=${join(dataDir, configurationFile)}`],
      // Loki reads its configuration only when it starts: another one has to look like another command to Pebble.
      environment: { HOME: dataDir, CONFIGURATION_SHA256: createHash('sha256').update(configuration).digest('hex') },
      check: { http: { url: `http://127.0.0.1:${port}/ready` } },
    },
    readyUrl: `http://127.0.0.1:${port}/ready`,
    pushPath: '/loki/api/v1/push',
    sourceType: 'loki',
  };
}

function victoriaForm(facts: FormFacts): ServerForm {
  const { server, settings, dataDir, port } = facts;
  return {
    files: {},
    service: {
      ...common(facts),
      argv: [
        server.binary.path,
        `-storageDataPath=${join(dataDir, 'victoria-logs')}`,
        `-httpListenAddr=127.0.0.1:${port}`,
        // A line stays as it was printed, also where it happens to be JSON.
        '-loki.disableMessageParsing',
        `-retentionPeriod=${settings.retentionDays > 0 ? `${settings.retentionDays}d` : '100y'}`,
        // It would take more than half of the machine.
        '-memory.allowedPercent=10',
      ],
      environment: { HOME: dataDir },
      check: { http: { url: `http://127.0.0.1:${port}/health` } },
    },
    readyUrl: `http://127.0.0.1:${port}/health`,
    pushPath: '/insert/loki/api/v1/push',
    sourceType: 'victoriametrics-logs-datasource',
  };
}

const common = ({ server }: FormFacts) => ({ name: 'loki', killDelay: '30s', version: server.binary.version });
