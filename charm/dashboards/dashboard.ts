import type { Dashboard, Panel, RowPanel, VariableModel } from '@grafana/grafana-foundation-sdk/dashboard';
import type { Dataquery } from '@grafana/grafana-foundation-sdk/prometheus';
import { type PanelSpec, type RowSpec, rows, topologyLabels } from './panels.ts';

/** The file of charm 1.0 whose place this dashboard takes, so that Grafana replaces that one. */
export const dashboardId = 'file:temporal-monitoring.json';
export const dashboardTitle = 'Temporal Worker SDK Metrics';

/** Tag of the dashboard's JSON text, so that an event need not make the text to know that it was sent. A test compares them. */
export const dashboardTag = 'ad1d0f86493e3c50';

/** One more at every change, so that of two charm revisions beside each other the newer dashboard is kept. */
const version = 3;

const datasource = { type: 'prometheus', uid: '$' + '{prometheusds}' };
const panelHeight = 8;
const columns = 24;

/** The types of Grafana's own library, but for its enumerations, whose values they are. */
type Loose<T> = T extends string | number ? T | `${T}` : T extends object ? { [K in keyof T]: Loose<T[K]> } : T;

/** The dashboard as Grafana reads it. Topology and data sources are variables of it, under the names that COS has for them. */
export function dashboard(): Loose<Dashboard> {
  return {
    title: dashboardTitle,
    description: 'What the SDK of a Temporal worker tells of itself.',
    tags: ['charm: temporal-worker-k8s', 'temporal'],
    schemaVersion: 39,
    version,
    editable: true,
    graphTooltip: 1,
    refresh: '30s',
    time: { from: 'now-1h', to: 'now' },
    timezone: 'browser',
    templating: { list: [dataSourceVariable(), ...topologyLabels.map(topologyVariable)] },
    annotations: { list: [] },
    panels: layOut(rows()),
  };
}

function dataSourceVariable(): Loose<VariableModel> {
  return {
    name: 'prometheusds',
    label: 'Prometheus datasource',
    type: 'datasource',
    query: 'prometheus',
    includeAll: true,
    multi: true,
    refresh: 1,
    hide: 0,
    regex: '',
    options: [],
    skipUrlSync: false,
  };
}

/** Offers what there is, narrowed by the variables before it. */
function topologyVariable(label: (typeof topologyLabels)[number], index: number): Loose<VariableModel> {
  const before = topologyLabels.slice(0, index).map((name) => `${name}=~"$${name}"`);
  const series = before.length === 0 ? 'up' : `up{${before.join(',')}}`;
  const query = `label_values(${series},${label})`;
  const words = label.replaceAll('_', ' ');
  return {
    name: label,
    label: words.charAt(0).toUpperCase() + words.slice(1),
    type: 'query',
    datasource,
    definition: query,
    query: { query, refId: 'StandardVariableQuery' },
    allValue: '.*',
    includeAll: true,
    multi: true,
    current: { text: 'All', value: '$__all' },
    refresh: 1,
    sort: 0,
    hide: 0,
    regex: '',
    skipUrlSync: false,
  };
}

/** From left to right, and a line down where a panel does not fit any more. */
function layOut(all: readonly RowSpec[]): Loose<Panel | RowPanel>[] {
  const laid: Loose<Panel | RowPanel>[] = [];
  let y = 0;
  for (const { title, panels } of all) {
    laid.push({
      type: 'row',
      id: laid.length + 1,
      title,
      collapsed: false,
      panels: [],
      gridPos: { x: 0, y, w: columns, h: 1 },
    });
    y += 1;
    let x = 0;
    for (const spec of panels) {
      if (x + spec.width > columns) {
        x = 0;
        y += panelHeight;
      }
      laid.push(panel(spec, { id: laid.length + 1, x, y }));
      x += spec.width;
    }
    y += panelHeight;
  }
  return laid;
}

function panel(
  { title, description, kind, unit, queries, width }: PanelSpec,
  { id, x, y }: { readonly id: number; readonly x: number; readonly y: number },
): Loose<Panel> {
  const targets = queries.map(
    ({ expr, legend }, index): Omit<Loose<Dataquery>, '_implementsDataqueryVariant'> => ({
      refId: String.fromCharCode(65 + index),
      datasource,
      editorMode: 'code',
      expr,
      legendFormat: legend,
      ...(kind === 'stat' ? { instant: true, range: false } : { range: true }),
    }),
  );
  return {
    type: kind,
    id,
    title,
    description,
    datasource,
    gridPos: { x, y, w: width, h: panelHeight },
    targets: targets as unknown as NonNullable<Loose<Panel>['targets']>,
    fieldConfig: {
      defaults: {
        unit,
        min: 0,
        ...(kind === 'timeseries' ? { custom: { fillOpacity: 10, showPoints: 'never' } } : {}),
      },
      overrides: [],
    },
    options:
      kind === 'stat'
        ? {
            reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false },
            colorMode: 'value',
            graphMode: 'none',
          }
        : { legend: { displayMode: 'list', placement: 'bottom' }, tooltip: { mode: 'multi', sort: 'desc' } },
  };
}
