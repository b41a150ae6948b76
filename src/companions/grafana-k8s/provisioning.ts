import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { ReceivedDashboard } from '../../dashboard/databag/received.ts';
import type { DataSource } from '../../dashboard/databag/source.ts';
import type { GrafanaSettings } from './settings.ts';

/** Where everything is, relative to the unit's directory. */
export const places = {
  password: 'admin-password',
  provisioning: 'provisioning',
  dataSources: 'provisioning/datasources/datasources.yaml',
  dashboards: 'provisioning/dashboards',
  /** What is read at the start only. A changed file has another name, so that the server's command line changes. */
  configuration: 'configuration',
} as const;

/** Which dashboards there are: files named by charm and content, so that a changed one is another. */
export function renderDashboards(dashboards: readonly ReceivedDashboard[]): Readonly<Record<string, string>> {
  const files = dashboards.map(({ charm, json }) => {
    const digest = createHash('sha256').update(json).digest('hex').slice(0, 12);
    // The name is the sender's, and becomes part of a path.
    const safe = charm.replaceAll(/[^\w-]+/g, '-').slice(0, 60) || 'charm';
    return [`${places.dashboards}/juju_${safe}_${digest}.json`, json] as const;
  });
  return Object.fromEntries(files);
}

/** Tells Grafana to look into that directory every few seconds: dashboards change without a restart. */
export function renderDashboardProvider(dataDir: string): string {
  const options = { path: join(dataDir, places.dashboards) };
  const provider = { name: 'Default', updateIntervalSeconds: 5, type: 'file', options };
  return stringify({ apiVersion: 1, providers: [provider] });
}

/** The data sources; `gone` are names that Grafana may still have and is to forget. */
export function renderDataSources(
  sources: readonly DataSource[],
  { queryTimeoutS, gone }: { readonly queryTimeoutS: number; readonly gone: readonly string[] },
): string {
  const datasources = sources.map(({ name, type, url, extraFields, secureExtraFields }) => {
    const own = Number(extraFields.timeout);
    const timeout = own > queryTimeoutS ? own : queryTimeoutS;
    return {
      orgId: 1,
      access: 'proxy',
      isDefault: false,
      name,
      // Grafana takes at most 40 characters for a uid; the name is longer than that, and Grafana makes one of it.
      type,
      url,
      jsonData: { ...extraFields, timeout },
      ...(Object.keys(secureExtraFields).length > 0 && { secureJsonData: secureExtraFields }),
    };
  });
  const deleteDatasources = gone.map((name) => ({ orgId: 1, name }));
  return stringify({ apiVersion: 1, datasources, deleteDatasources }, { lineWidth: 0 });
}

/** A configuration file under a name that tells its content; `also` are other files that are read at the start only. */
export function configurationFile(text: string, ending: string, also: readonly string[]): string {
  const digest = createHash('sha256')
    .update(JSON.stringify([text, ...also]))
    .digest('hex')
    .slice(0, 16);
  return `${places.configuration}/${digest}.${ending}`;
}

/** Grafana's configuration. The password stands in a file of its own, which Grafana reads. */
export function renderIni(
  settings: GrafanaSettings,
  server: { readonly port: number; readonly dataDir: string },
): string {
  const { port, dataDir } = server;
  const sections: Readonly<Record<string, Readonly<Record<string, string | number | boolean>>>> = {
    paths: {
      data: join(dataDir, 'data'),
      logs: join(dataDir, 'log'),
      plugins: join(dataDir, 'plugins'),
      provisioning: join(dataDir, places.provisioning),
    },
    server: {
      http_addr: '127.0.0.1',
      http_port: port,
      root_url: `http://127.0.0.1:${port}`,
      enforce_domain: false,
    },
    database: { type: 'sqlite3', path: join(dataDir, 'data/grafana.db'), wal: true },
    security: {
      admin_user: settings.adminUser,
      admin_password: `$__file{${join(dataDir, places.password)}}`,
      allow_embedding: settings.embedding,
    },
    users: { auto_assign_org: settings.autoAssignOrg },
    'auth.anonymous': { enabled: settings.anonymous },
    dataproxy: { timeout: settings.queryTimeoutS },
    log: { mode: 'console', level: settings.logLevel },
    ...(!settings.reporting && {
      analytics: { reporting_enabled: false, check_for_updates: false, check_for_plugin_updates: false },
    }),
  };
  const text = Object.entries(sections).map(([section, entries]) => {
    const lines = Object.entries(entries).map(([key, value]) => `${key} = ${value}`);
    return `[${section}]\n${lines.join('\n')}\n`;
  });
  return [...text, ...(settings.customConfig ? [`${settings.customConfig}\n`] : [])].join('\n');
}
