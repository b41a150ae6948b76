import { list, record, text } from './json.ts';

/** A variable of a dashboard, and what it may be. */
export interface Variable {
  readonly name: string;
  readonly label: string;
  readonly type: 'query' | 'custom' | 'constant' | 'interval' | 'textbox' | 'datasource';
  /** Of `query`: what to ask for; of `datasource`: the type; of `custom` and `interval`: the options with commas. */
  readonly query: string;
  /** Narrows the values of a query, `/job-(.*)/`; empty: all. */
  readonly regex: string;
  readonly sort: number;
  readonly multi: boolean;
  readonly includeAll: boolean;
  /** What "All" stands for; empty: every value. */
  readonly allValue: string;
  /** 0: shown, 1: without its label, 2: not at all. */
  readonly hide: number;
  /** What is chosen at first, as far as the dashboard says. */
  readonly current: readonly string[];
}

/** The value that Grafana writes for "All". */
export const all = '$__all';

const types = ['query', 'custom', 'constant', 'interval', 'textbox', 'datasource'] as const;

/** Reads `templating`; variables without a name or of a type that means nothing here are left out. */
export function readVariables(templating: unknown): Variable[] {
  return list(record(templating).list).flatMap((json) => {
    const variable = record(json);
    const name = text(variable.name);
    const type = types.find((known) => known === variable.type);
    if (!/^\w+$/.test(name) || !type) return [];
    const current = record(variable.current).value;
    return [
      {
        name,
        label: text(variable.label) || name,
        type,
        query: typeof variable.query === 'string' ? variable.query : text(record(variable.query).query),
        regex: text(variable.regex),
        sort: typeof variable.sort === 'number' ? variable.sort : 0,
        multi: variable.multi === true,
        includeAll: variable.includeAll === true,
        allValue: text(variable.allValue),
        hide: typeof variable.hide === 'number' ? variable.hide : 0,
        current: (Array.isArray(current) ? current : [current]).map((one) => text(one)).filter((one) => one !== ''),
      },
    ];
  });
}

/** The options that stand in the dashboard itself: `a, b : c` is the option `b` with the value `c`. */
export function writtenOptions(variable: Variable): readonly { readonly value: string; readonly text: string }[] {
  if (variable.type === 'constant' || variable.type === 'textbox') {
    return [{ value: variable.query, text: variable.query }];
  }
  return variable.query
    .split(/(?<!\\),/)
    .map((option) => option.replaceAll('\\,', ',').trim())
    .filter((option) => option !== '')
    .map((option) => {
      const [, label, value] = /^(.+?)\s+:\s+(.+)$/.exec(option) ?? [undefined, option, option];
      return { text: label!, value: value! };
    });
}

/** What a query of a variable asks Prometheus; undefined for a form that we do not know. */
export type VariableQuery =
  | { readonly ask: 'label_values'; readonly label: string; readonly match: string }
  | { readonly ask: 'label_names' }
  | { readonly ask: 'metrics'; readonly pattern: string }
  | { readonly ask: 'query_result'; readonly expr: string };

/** `label_values(up{job="a"}, instance)`, `label_values(instance)`, `metrics(temporal_.*)`, `query_result(…)`. */
export function parseVariableQuery(query: string): VariableQuery | undefined {
  const [, name, inside = ''] = /^\s*(\w+)\((.*)\)\s*$/s.exec(query) ?? [];
  if (name === 'label_names') return { ask: 'label_names' };
  if (name === 'metrics') return { ask: 'metrics', pattern: inside.trim() };
  if (name === 'query_result') return { ask: 'query_result', expr: inside.trim() };
  if (name !== 'label_values') return undefined;
  const [, match = '', label = ''] = /^(?:(.*),)?\s*([A-Za-z_]\w*)\s*$/s.exec(inside) ?? [];
  return label === '' ? undefined : { ask: 'label_values', label, match: match.trim() };
}

/** Narrows and sorts values as the variable says: by its regular expression, of which a group may be the value. */
export function arrange(values: readonly string[], variable: Pick<Variable, 'sort'>, regex?: RegExp): string[] {
  const narrowed = values.flatMap((value) => {
    if (!regex) return [value];
    const found = regex.exec(value);
    return found ? [found[1] ?? found[0]] : [];
  });
  const unique = [...new Set(narrowed)];
  const { sort } = variable;
  if (sort === 0) return unique;
  // Grafana: 1, 2 by letters; 3, 4 by number; 5, 6 by letters whatever their case; the even ones from the end.
  const numeric = sort === 3 || sort === 4;
  unique.sort((a, b) => a.localeCompare(b, 'en', { numeric }));
  return sort % 2 === 0 ? unique.reverse() : unique;
}
