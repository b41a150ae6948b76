import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CompanionPlaces } from '../../controller/companion.ts';
import { residentNodeOptions } from '../../resident/node-options.ts';
import { findGrafana } from './grafana-binary.ts';
import { configurationFile, places, renderIni } from './provisioning.ts';
import type { GrafanaSettings } from './settings.ts';

/** Who draws the dashboards, and how it is started. */
export interface Server {
  /** For people: `Grafana 12.0.2`. */
  readonly title: string;
  readonly version: string;
  readonly argv: readonly string[];
  /** Path below the unit's directory, and text, of the one file that `argv` names. */
  readonly configuration: { readonly path: string; readonly text: string };
}

/** Version of the page of our own, as `charmlet status` shows it. */
const ownVersion = 'page';
const page = fileURLToPath(new URL('../../bin/dashboard-page.ts', import.meta.url));

/** The real Grafana where there is one, else our own page. Rejects when the user names a Grafana that cannot be used. */
export async function chooseServer(
  unit: { readonly dataDir: string; readonly places: CompanionPlaces },
  facts: { readonly settings: GrafanaSettings; readonly port: number; readonly dataSources: string },
): Promise<Server> {
  const { settings, port } = facts;
  const { dataDir } = unit;
  const grafana = await findGrafana(unit.places);
  if (grafana) {
    const text = renderIni(settings, { port, dataDir });
    // Grafana reads its data sources at the start, and only then.
    const path = configurationFile(text, 'ini', [facts.dataSources]);
    return {
      title: `Grafana ${grafana.version}`,
      version: grafana.version,
      argv: [...grafana.argv, `--homepath=${grafana.home}`, `--config=${join(dataDir, path)}`],
      configuration: { path, text },
    };
  }
  const text = JSON.stringify({
    port,
    provisioning: join(dataDir, places.provisioning),
    ...(!settings.anonymous && { adminUser: settings.adminUser, passwordFile: join(dataDir, places.password) }),
    embedding: settings.embedding,
    queryTimeoutMs: settings.queryTimeoutS * 1000,
  });
  const path = configurationFile(text, 'json', []);
  return {
    title: 'the dashboard page of charmlet (there is no Grafana on this machine)',
    version: ownVersion,
    argv: [process.execPath, ...residentNodeOptions, page, join(dataDir, path)],
    configuration: { path, text },
  };
}
