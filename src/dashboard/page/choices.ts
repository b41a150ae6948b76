import { regexpOf } from '../grafana/field-style.ts';
import { type Chosen, interpolate, meant, type Scope } from '../grafana/interpolate.ts';
import type { Range } from '../grafana/series.ts';
import { all, arrange, parseVariableQuery, type Variable, writtenOptions } from '../grafana/variable.ts';
import { labelNames, labelValues, queryInstant, type Source } from './api.ts';

/** A variable with what there is to choose from and what is chosen. */
export interface Choice extends Chosen {
  readonly variable: Variable;
  readonly texts: Readonly<Record<string, string>>;
  /** Why its values are not known. */
  readonly problem?: string;
}

export type Choices = Readonly<Record<string, Choice>>;

interface Asking {
  readonly sources: readonly Source[];
  readonly range: Omit<Range, 'stepMs'>;
  /** What was chosen before, by the address or by hand. */
  readonly chosen: Readonly<Record<string, readonly string[]>>;
}

/** Finds the values of all variables; one whose query names others waits for those. Never rejects. */
export async function loadChoices(variables: readonly Variable[], asking: Asking): Promise<Choices> {
  const loads = new Map<string, Promise<Choice>>();
  const load = (variable: Variable, above: readonly string[]): Promise<Choice> => {
    const begun = loads.get(variable.name);
    if (begun) return begun;
    const promise = (async () => {
      const path = [...above, variable.name];
      const needed = variables.filter((other) => !path.includes(other.name) && names(variable.query, other.name));
      const found = await Promise.all(needed.map(async (other) => [other.name, await load(other, path)] as const));
      return choiceOf(variable, Object.fromEntries(found), asking);
    })();
    loads.set(variable.name, promise);
    return promise;
  };
  const loaded = await Promise.all(inOrder(variables).map((one) => load(one, [])));
  return Object.fromEntries(loaded.map((choice) => [choice.variable.name, choice]));
}

/** Those that others need come first: so they are chosen from left to right. */
function inOrder(variables: readonly Variable[]): readonly Variable[] {
  const ordered = new Set<Variable>();
  const add = (variable: Variable, above: readonly Variable[]): void => {
    for (const other of variables) {
      if (!above.includes(other) && names(variable.query, other.name)) add(other, [...above, other]);
    }
    ordered.add(variable);
  };
  for (const variable of variables) add(variable, [variable]);
  return [...ordered];
}

function names(query: string, variable: string): boolean {
  return new RegExp(`\\$${variable}\\b|\\$\\{${variable}\\b|\\[\\[${variable}\\b`).test(query);
}

async function choiceOf(variable: Variable, scope: Scope, asking: Asking): Promise<Choice> {
  let problem: string | undefined;
  const found = await optionsOf(variable, scope, asking).catch((error: Error) => {
    problem = error.message;
    return [];
  });
  const options = found.map(({ value }) => value);
  const texts = Object.fromEntries(found.map(({ value, text }) => [value, text]));
  const values = chosenOf(variable, options, asking.chosen[variable.name] ?? variable.current);
  return { variable, options, texts, values, ...(problem !== undefined && { problem }) };
}

async function optionsOf(variable: Variable, scope: Scope, asking: Asking) {
  const asOptions = (values: readonly string[]) => values.map((value) => ({ value, text: value }));
  const regex = variable.regex === '' ? undefined : regexpOf(interpolate(variable.regex, scope));
  if (variable.type === 'datasource') {
    const fitting = asking.sources.filter(({ type }) => type === variable.query).map(({ name }) => name);
    return asOptions(arrange(fitting, variable, regex));
  }
  if (variable.type !== 'query') return writtenOptions(variable);
  return asOptions(arrange(await valuesOf(variable, scope, asking), variable, regex));
}

async function valuesOf(variable: Variable, scope: Scope, { sources, range }: Asking): Promise<readonly string[]> {
  const query = parseVariableQuery(interpolate(variable.query, scope));
  if (!query) throw new Error(`its query "${variable.query}" is not known here`);
  const source = sources.find(({ type }) => type === 'prometheus');
  if (!source) throw new Error('there is no Prometheus to ask');
  switch (query.ask) {
    case 'label_values':
      return labelValues(source.name, query.label, query.match, range);
    case 'label_names':
      return labelNames(source.name);
    case 'metrics': {
      const pattern = regexpOf(query.pattern);
      return (await labelValues(source.name, '__name__', '', range)).filter((name) => pattern?.test(name));
    }
    case 'query_result': {
      const series = await queryInstant(source.name, query.expr, range.toMs, new AbortController().signal);
      return series.map(({ metric, values }) => {
        const { __name__: name = '', ...labels } = metric;
        const written = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
        return `${name}{${written.join(',')}} ${values[0]?.[1]} ${values[0]?.[0]}`;
      });
    }
  }
}

/** Keeps what was chosen as far as there is such a value; without any, All where that may be, else the first. */
function chosenOf(variable: Variable, options: readonly string[], before: readonly string[]): readonly string[] {
  if (variable.type === 'datasource') return [before.find((one) => options.includes(one)) ?? options[0] ?? ''];
  if (variable.type === 'textbox') return [before[0] ?? options[0] ?? ''];
  if (before.includes(all) && variable.includeAll) return [all];
  const kept = before.filter((value) => options.includes(value));
  if (kept.length > 0) return variable.multi ? kept : [kept[0]!];
  // Until a source that is away comes back, a choice is not forgotten.
  if (options.length === 0 && before.length > 0) return before;
  if (variable.includeAll) return [all];
  return options.length > 0 ? [options[0]!] : [];
}

/** The source that a panel or target names, by itself or by a variable; the first Prometheus where it names none. */
export function sourceFor(
  written: string,
  choices: Choices,
  sources: readonly Source[],
): { readonly source: string } | { readonly problem: string } {
  const variable = /^\$\{?(\w+)\}?$/.exec(written)?.[1];
  const choice = variable === undefined ? undefined : choices[variable];
  if (choice && choice.variable.query !== 'prometheus') {
    return { problem: `This panel asks ${choice.variable.query}; this page draws from Prometheus only.` };
  }
  const name = choice ? meant(choice)[0] : written;
  const named = sources.find((source) => source.name === name);
  if (named && named.type !== 'prometheus') {
    return { problem: `This panel asks ${named.type}; this page draws from Prometheus only.` };
  }
  const found = named ?? sources.find(({ type }) => type === 'prometheus');
  return found ? { source: found.name } : { problem: 'There is no Prometheus to ask: none is related.' };
}
