import { all, type Variable } from './variable.ts';

/** What a variable stands for: the values that are chosen (`$__all` alone: all of them), and all that there are. */
export interface Chosen {
  readonly variable: Pick<Variable, 'multi' | 'includeAll' | 'allValue'>;
  readonly values: readonly string[];
  readonly options: readonly string[];
}

export type Scope = Readonly<Record<string, Chosen>>;

/**
 * Puts the values of variables into a query, as Grafana does for Prometheus: several become `(a|b)` with what a regular
 * expression would misread escaped, one of a variable that may have only one is escaped as text in quotes. `builtIn` are
 * Grafana's own variables such as `__interval`. Unknown names stay as they are.
 */
export function interpolate(query: string, scope: Scope, builtIn: Readonly<Record<string, string>> = {}): string {
  // $name, ${name}, ${name:format}, [[name]]
  return query.replace(
    /\$(\w+)|\$\{(\w+)(?::(\w+))?\}|\[\[(\w+)(?::(\w+))?\]\]/g,
    (whole, bare, braced, format, old, oldFormat) => {
      const name: string = bare ?? braced ?? old;
      if (Object.hasOwn(builtIn, name)) return builtIn[name]!;
      const chosen = Object.hasOwn(scope, name) ? scope[name] : undefined;
      return chosen ? textOf(chosen, format ?? oldFormat ?? '') : whole;
    },
  );
}

/** The values that are meant: where all are, each of them. */
export function meant({ values, options }: Chosen): readonly string[] {
  return values.includes(all) ? options : values;
}

function textOf(chosen: Chosen, format: string): string {
  const { variable, values } = chosen;
  if (values.includes(all) && variable.allValue !== '') return variable.allValue;
  const each = meant(chosen);
  if (format === 'raw' || format === 'text') return each.join(',');
  if (format === 'csv') return each.join(',');
  if (format === 'pipe') return each.join('|');
  const asRegexp = variable.multi || variable.includeAll || format === 'regex';
  if (!asRegexp) return each.map(escapeText).join(',');
  const escaped = each.map(escapeRegexp);
  return escaped.length === 1 ? escaped[0]! : `(${escaped.join('|')})`;
}

/** Inside of a quoted text of PromQL. */
function escapeText(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}

/** Inside of a regular expression inside of a quoted text of PromQL: each backslash doubled. */
function escapeRegexp(value: string): string {
  return escapeText(value.replace(/[$^*{}[\]+?.()|\\]/g, '\\$&'));
}
