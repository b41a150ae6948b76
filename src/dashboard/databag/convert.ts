import { type Json, list, record, text } from '../grafana/json.ts';
import { dataSourceDropdowns, dataSourceVariables, topologyDropdowns } from './dropdowns.ts';

/**
 * Makes a charm's dashboard fit the Grafana that gets it, as the consumer's library does: adds the variables of Juju's
 * topology (unless `dropdowns` is false) and of the data sources where the dashboard has none of that name, and turns
 * panels to the latter.
 */
export function convertDashboard(dashboard: Json, { dropdowns }: { readonly dropdowns: boolean }): Json {
  const { __inputs: inputs, ...rest } = dashboard;
  const added = dropdowns ? [...topologyDropdowns, ...dataSourceDropdowns] : dataSourceDropdowns;
  if (!('templating' in dashboard)) {
    return { ...turned(rest, bareDataSource), templating: { list: [...added] } };
  }
  const own = list(record(rest.templating).list).map(record);
  const known = new Map<string, string>();
  for (const input of list(inputs).map(record)) {
    if (input.type === 'datasource') known.set(text(input.name), text(input.pluginName).toLowerCase());
  }
  for (const variable of own) {
    if (variable.type === 'datasource') known.set(text(variable.name), text(variable.query).toLowerCase());
  }
  const names = new Set(own.map(({ name }) => name));
  const missing = added.filter(({ name }) => !names.has(name)).reverse();
  const used = new Set<string>();
  const panels = known.size > 0 ? turned(rest, (dataSource) => namedDataSource(dataSource, known, used)) : rest;
  const ours: readonly unknown[] = missing;
  const kept = [...ours, ...own].filter(
    (variable) => ours.includes(variable) || !used.has(text(record(variable).name)),
  );
  return { ...panels, templating: { ...record(rest.templating), list: kept } };
}

type Turn = (dataSource: unknown) => unknown;

/** The dashboard with the data source of each panel, also of those in rows, as `turn` says. */
function turned(dashboard: Json, turn: Turn): Json {
  const panelsOf = (panels: unknown) =>
    list(panels).map((panel) => {
      const { datasource } = record(panel);
      return datasource ? { ...record(panel), datasource: turn(datasource) } : panel;
    });
  return {
    ...dashboard,
    ...(list(dashboard.panels).length > 0 && { panels: panelsOf(dashboard.panels) }),
    ...(list(dashboard.rows).length > 0 && {
      rows: list(dashboard.rows).map((row) =>
        'panels' in record(row) ? { ...record(row), panels: panelsOf(record(row).panels) } : row,
      ),
    }),
  };
}

/** Without variables of its own, a dashboard means whatever is there of that type. */
const bareDataSource: Turn = (dataSource) => {
  if (typeof dataSource === 'string') {
    if (dataSource.includes('loki')) return dataSourceVariables.loki;
    return dataSource.includes('grafana') ? dataSource : dataSourceVariables.prometheus;
  }
  const uid = dataSourceVariables[text(record(dataSource).type)];
  return uid ? { ...record(dataSource), uid } : dataSource;
};

/** A variable of the dashboard's own becomes ours of the same type; `used` gets its name. */
function namedDataSource(dataSource: unknown, known: ReadonlyMap<string, string>, used: Set<string>): unknown {
  const written = typeof dataSource === 'string' ? dataSource : text(record(dataSource).uid);
  if (Object.values(dataSourceVariables).includes(written.toLowerCase())) return dataSource;
  const name = written.replaceAll(/[${}]/g, '');
  const replacement = dataSourceVariables[known.get(name) ?? ''];
  if (!replacement) return dataSource;
  used.add(name);
  return typeof dataSource === 'string' ? replacement : { ...record(dataSource), uid: replacement };
}
