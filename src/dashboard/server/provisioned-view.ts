import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { list, record, text } from '../grafana/json.ts';
import type { ShownDashboard, View } from './view.ts';

/**
 * What Grafana would show of a directory of provisioning files: `datasources/*.yaml` and `dashboards/*.json`. A file
 * that is no dashboard is left out; sorted by title.
 */
export async function readProvisionedView(directory: string): Promise<View> {
  const { parse } = await import('yaml');
  const [sourceFiles, dashboardFiles] = await Promise.all([
    readAll(join(directory, 'datasources'), '.yaml'),
    readAll(join(directory, 'dashboards'), '.json'),
  ]);
  const sources = sourceFiles.flatMap((file) => list(record(parse(file)).datasources).map(record));
  return {
    dashboards: dashboardFiles.flatMap(readDashboard).sort((a, b) => a.title.localeCompare(b.title, 'en')),
    sources: sources.map((source) => {
      const interval = text(record(source.jsonData).timeInterval);
      const { name, type, url } = source;
      return { name: text(name), type: text(type), url: text(url), ...(interval !== '' && { interval }) };
    }),
    notes: sources.some(({ type }) => type === 'prometheus') ? [] : [noPrometheus],
  };
}

/** What is shown where nothing can be asked. */
export const noPrometheus =
  'No Prometheus is related, so that there is nothing to draw from (charmlet integrate <prometheus>:grafana-source <grafana>)';

function readDashboard(json: string): ShownDashboard[] {
  try {
    const { uid, title } = record(JSON.parse(json));
    return text(uid) === '' ? [] : [{ uid: text(uid), title: text(title, 'Untitled dashboard'), json }];
  } catch {
    return [];
  }
}

/** A file may be replaced while it is read: then it is not there for a moment. */
async function readAll(directory: string, ending: string): Promise<readonly string[]> {
  const names = (await readdir(directory).catch(() => [])).filter((name) => name.endsWith(ending)).sort();
  const texts = await Promise.all(names.map((name) => readFile(join(directory, name), 'utf8').catch(() => '')));
  return texts.filter((content) => content !== '');
}
