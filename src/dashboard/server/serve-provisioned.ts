import { readFileSync } from 'node:fs';
import { number, record, text } from '../grafana/json.ts';
import { type DashboardServer, startDashboardServer } from './dashboard-server.ts';
import { readProvisionedView } from './provisioned-view.ts';

/**
 * Serves a directory of Grafana's provisioning files, as a JSON file says: `port`, `provisioning`, `embedding`,
 * `queryTimeoutMs`, and for a login `adminUser` and `passwordFile`. Dashboards and data sources may change at any time.
 */
export async function serveProvisioned(configurationFile: string): Promise<DashboardServer> {
  const configuration = record(JSON.parse(readFileSync(configurationFile, 'utf8')));
  const { adminUser, passwordFile } = configuration;
  const password = passwordFile === undefined ? undefined : readFileSync(text(passwordFile), 'utf8').trim();
  const { register, collectDefaultMetrics } = await import('prom-client');
  collectDefaultMetrics();
  return startDashboardServer({
    port: number(configuration.port) ?? 0,
    look: () => readProvisionedView(text(configuration.provisioning)),
    ...(password !== undefined && { login: { user: text(adminUser), password } }),
    embedding: configuration.embedding === true,
    queryTimeoutMs: number(configuration.queryTimeoutMs) ?? 30_000,
    metrics: async () => ({ type: register.contentType, text: await register.metrics() }),
  });
}
