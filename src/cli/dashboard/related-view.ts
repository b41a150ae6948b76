import { type ReceivedDashboard, receiveDashboards, withoutDoubles } from '../../dashboard/databag/received.ts';
import { type DataSource, readSources } from '../../dashboard/databag/source.ts';
import { list, record, text } from '../../dashboard/grafana/json.ts';
import { noPrometheus } from '../../dashboard/server/provisioned-view.ts';
import type { View } from '../../dashboard/server/view.ts';

/**
 * What a unit of Grafana is to draw, from what `show-unit` tells of its relations: the dashboards and data sources that
 * other applications have sent it. Never rejects; what cannot be used becomes a note.
 */
export async function relatedView(shown: unknown): Promise<View> {
  const relations = list(record(shown)['relation-info']).map(record);
  const of = (endpoint: string) => relations.filter((relation) => relation.endpoint === endpoint);
  const received = await Promise.all(
    of('grafana-dashboard').map((relation) => {
      const value = text(record(relation['application-data']).dashboards);
      return receiveDashboards(value, `grafana-dashboard:${text(relation['relation-id'])}`);
    }),
  );
  const offered = of('grafana-source').map((relation) => {
    const units = Object.entries(record(relation['related-units'])).map(([name, unit]) => [
      name,
      bag(record(unit).data),
    ]);
    return readSources(bag(relation['application-data']), Object.fromEntries(units));
  });
  const sources = offered.flatMap((one) => one.sources);
  return {
    dashboards: withoutDoubles(received.flatMap(({ dashboards }) => dashboards)).map(shownDashboard),
    sources: sources.map(shownSource),
    notes: [
      ...received.flatMap(({ errors }) =>
        errors.map(({ dashboard_id: id, error }) => `Dashboard "${id}" cannot be used: ${error}`),
      ),
      ...offered.flatMap(({ problem }) => problem ?? []),
      ...(sources.some(({ type }) => type === 'prometheus') ? [] : [noPrometheus]),
    ],
  };
}

function shownDashboard({ uid, title, json }: ReceivedDashboard) {
  return { uid, title, json };
}

function shownSource({ name, type, url, extraFields }: DataSource) {
  const interval = text(extraFields.timeInterval);
  return { name, type, url, ...(interval !== '' && { interval }) };
}

function bag(value: unknown): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(record(value)).map(([key, one]) => [key, text(one)]));
}
