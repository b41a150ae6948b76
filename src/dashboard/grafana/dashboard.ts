import { type FieldStyle, type Override, readOverrides, readStyle } from './field-style.ts';
import { list, number, record, text } from './json.ts';
import { readVariables, type Variable } from './variable.ts';

/** A dashboard as it is drawn: what of Grafana's JSON means something here, with every default in place. */
export interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly variables: readonly Variable[];
  /** In reading order. Panels inside of collapsed rows stand behind their row. */
  readonly panels: readonly Panel[];
  /** As Grafana writes times: `now-1h`, or milliseconds. */
  readonly from: string;
  readonly to: string;
  /** `30s`; empty: not by itself. */
  readonly refresh: string;
}

export interface Panel {
  readonly id: number;
  /** `timeseries`, `stat`, `table`, `text`, `row`, or what we cannot draw. */
  readonly type: string;
  readonly title: string;
  readonly description: string;
  /** In columns of 24 and rows of 30 px, as Grafana lays out. */
  readonly grid: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  /** Of a row: its panels are hidden at first. */
  readonly collapsed: boolean;
  readonly targets: readonly Target[];
  readonly style: FieldStyle;
  readonly overrides: readonly Override[];
  readonly options: Readonly<Record<string, unknown>>;
  /** The panel's own least interval, `15s`; empty: none. */
  readonly interval: string;
  readonly transformations: readonly { readonly id: string; readonly options: Readonly<Record<string, unknown>> }[];
}

export interface Target {
  readonly refId: string;
  readonly expr: string;
  readonly legendFormat: string;
  readonly instant: boolean;
  readonly format: 'time_series' | 'table';
  /** Name or uid of the data source, maybe a variable; empty: the panel's, or the first. */
  readonly dataSource: string;
}

/** Old names of panels that mean one we draw. */
const sameAs: Readonly<Record<string, string>> = {
  graph: 'timeseries',
  singlestat: 'stat',
  gauge: 'stat',
  bargauge: 'stat',
  'table-old': 'table',
};

/** Reads a dashboard's JSON. What is missing or of the wrong type gets Grafana's default; nothing is refused. */
export function readDashboard(json: unknown): Dashboard {
  const dashboard = record(json);
  const time = record(dashboard.time);
  return {
    uid: text(dashboard.uid),
    title: text(dashboard.title, 'Untitled dashboard'),
    description: text(dashboard.description),
    variables: readVariables(dashboard.templating),
    panels: panelsOf(dashboard),
    from: text(time.from, 'now-6h'),
    to: text(time.to, 'now'),
    refresh: text(dashboard.refresh).replace('false', ''),
  };
}

function panelsOf(dashboard: Readonly<Record<string, unknown>>): Panel[] {
  const flat = list(dashboard.panels).flatMap((json) => [json, ...list(record(json).panels)]);
  // Before Grafana 5, panels stood in rows, with a width in columns of 12.
  const old = list(dashboard.rows).flatMap((row, at) =>
    list(record(row).panels).map((json, index) => {
      const w = (number(record(json).span) ?? 4) * 2;
      return { gridPos: { x: (index * w) % 24, y: at * 8, w, h: 8 }, ...record(json) };
    }),
  );
  const panels = [...flat, ...old].map((json, index) => readPanel(json, index));
  return panels.sort((a, b) => a.grid.y - b.grid.y || a.grid.x - b.grid.x);
}

function readPanel(json: unknown, index: number): Panel {
  const panel = record(json);
  const grid = record(panel.gridPos);
  const type = text(panel.type, 'timeseries');
  const dataSource = dataSourceOf(panel.datasource);
  return {
    id: number(panel.id) ?? 10_000 + index,
    type: sameAs[type] ?? type,
    title: text(panel.title),
    description: text(panel.description),
    grid: {
      x: within(number(grid.x) ?? 0, 0, 23),
      y: within(number(grid.y) ?? index * 8, 0, 100_000),
      w: within(number(grid.w) ?? 12, 1, 24),
      h: within(number(grid.h) ?? 8, 1, 60),
    },
    collapsed: panel.collapsed === true,
    targets: list(panel.targets)
      .map((target, at) => readTarget(target, at, dataSource))
      .filter((target) => target.expr.trim() !== ''),
    style: readStyle(panel),
    overrides: readOverrides(panel),
    options: record(panel.options),
    interval: text(panel.interval),
    transformations: list(panel.transformations).map((one) => ({
      id: text(record(one).id),
      options: record(record(one).options),
    })),
  };
}

function readTarget(json: unknown, index: number, dataSource: string): Target {
  const target = record(json);
  return {
    refId: text(target.refId, String.fromCharCode(65 + (index % 26))),
    expr: target.hide === true ? '' : text(target.expr),
    legendFormat: text(target.legendFormat),
    instant: target.instant === true && target.range !== true,
    format: target.format === 'table' ? 'table' : 'time_series',
    dataSource: dataSourceOf(target.datasource) || dataSource,
  };
}

/** A data source is named by text in old dashboards, by its uid in new ones. */
function dataSourceOf(value: unknown): string {
  return typeof value === 'string' ? value : text(record(value).uid);
}

function within(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, Math.round(value)));
}
