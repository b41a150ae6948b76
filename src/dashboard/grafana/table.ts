import type { Panel, Target } from './dashboard.ts';
import { type FieldStyle, styleOf } from './field-style.ts';
import { list, record, text } from './json.ts';
import { numberIn, type PrometheusSeries } from './series.ts';

export type Cell = string | number | null;

export interface Column {
  /** As it is shown. */
  readonly name: string;
  readonly refId: string;
  readonly isValue: boolean;
  readonly isTime: boolean;
  readonly style: FieldStyle;
}

export interface Table {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Cell[])[];
  readonly sortBy?: { readonly column: string; readonly down: boolean };
}

interface Answered {
  readonly target: Target;
  readonly series: readonly (PrometheusSeries & { readonly name: string })[];
}

/** A column before the panel's transformations: `key` is Grafana's name of it, which they go by. */
interface Raw extends Omit<Column, 'style'> {
  readonly key: string;
}

/**
 * The answers as one table: a row for each set of labels, a column for each label and for the last value of each query.
 * Rows of several queries with equal labels are one, as Grafana's "merge" makes them. Of the transformations, those that
 * order, rename, leave out and sort columns are done.
 */
export function tableOf(panel: Panel, answers: readonly Answered[]): Table {
  const several = answers.length > 1;
  const labels = [...new Set(answers.flatMap(({ series }) => series.flatMap(({ metric }) => Object.keys(metric))))]
    .filter((label) => label !== '__name__' || !several)
    .sort();
  const inTime = answers.every(({ target }) => target.format === 'table');
  const valueKey = (refId: string) => (several ? `Value #${refId}` : 'Value');
  const column = (key: string, more: Partial<Raw> = {}): Raw => ({
    ...{ key, name: key, refId: '', isValue: false, isTime: false },
    ...more,
  });
  const raw: readonly Raw[] = [
    ...(inTime ? [column('Time', { isTime: true })] : []),
    ...(inTime ? labels.map((label) => column(label)) : [column('Name')]),
    ...answers.map(({ target }) => column(valueKey(target.refId), { refId: target.refId, isValue: true })),
  ];
  const rows = new Map<string, Record<string, Cell>>();
  for (const { target, series } of answers) {
    for (const { metric, values, name } of series) {
      const [seconds = 0, value = 'NaN'] = values.at(-1) ?? [];
      const { __name__: metricName, ...rest } = metric;
      const identity = inTime ? JSON.stringify(Object.entries(rest).sort()) : name;
      const row = rows.get(identity) ?? {};
      Object.assign(row, inTime ? { Time: seconds * 1000, ...metric } : { Name: name });
      row[valueKey(target.refId)] = numberIn(value);
      rows.set(identity, row);
    }
  }
  const columns = panel.transformations.reduce<readonly Raw[]>(
    (before, { id, options }) => transformed(before, id, options),
    raw,
  );
  const shown = columns.map((one) => styled(panel, one));
  const sortBy = firstSort(panel, shown);
  return {
    columns: shown,
    rows: [...rows.values()].map((row) => shown.map(({ key }) => row[key] ?? null)),
    ...(sortBy && { sortBy }),
  };
}

function transformed(columns: readonly Raw[], id: string, options: Readonly<Record<string, unknown>>): readonly Raw[] {
  if (id === 'filterFieldsByName') {
    const names = list(record(options.include).names);
    return names.length === 0
      ? columns
      : columns.filter(({ key, name }) => names.includes(key) || names.includes(name));
  }
  if (id !== 'organize') return columns;
  const [excluded, renamed, order] = ['excludeByName', 'renameByName', 'indexByName'].map((one) =>
    record(options[one]),
  );
  const place = ({ name }: Raw) => (typeof order![name] === 'number' ? (order![name] as number) : Infinity);
  return columns
    .filter(({ name }) => excluded![name] !== true)
    .sort((a, b) => (place(a) === place(b) ? 0 : place(a) - place(b)))
    .map((column) => ({ ...column, name: text(renamed![column.name]) || column.name }));
}

/** Exceptions name a column by what it was or by what it is called now. */
function styled(panel: Panel, column: Raw): Raw & Column {
  const { style, overrides } = panel;
  const either = overrides.map(({ matches, change }) => ({
    change,
    matches: () => matches(column) || matches({ name: column.key, refId: column.refId }),
  }));
  const { displayName: general, ...rest } = style;
  // A name for all fields would call each label the same.
  const base = column.isValue && general !== undefined ? style : rest;
  const own = styleOf({ style: base, overrides: either }, column);
  return { ...column, name: own.displayName ?? column.name, style: own };
}

function firstSort(panel: Panel, columns: readonly (Raw & Column)[]): Table['sortBy'] {
  const sort = panel.transformations.findLast(({ id }) => id === 'sortBy');
  const { field, displayName, desc } = record(list(sort ? sort.options.sort : panel.options.sortBy)[0]);
  const wanted = text(field) || text(displayName);
  const column = columns.find(({ key, name }) => key === wanted || name === wanted);
  return column && { column: column.name, down: desc === true };
}
