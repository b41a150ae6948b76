import type { Text } from '../secret.ts';

/** A variable of the worker and where it comes from: `option queue`, `environment.env[2]`, `auth-secret-id`. */
export interface Variable {
  readonly name: string;
  readonly value: Text;
  readonly source: string;
}

export interface ExplainedVariable extends Variable {
  /** Sources whose value for this name does not count, the one that came nearest first. */
  readonly shadows: readonly string[];
}

/** Of each name the last counts. Sorted by name, so that equal facts give an equal text. */
export function settle(variables: readonly Variable[]): readonly ExplainedVariable[] {
  const settled = new Map<string, ExplainedVariable>();
  for (const variable of variables) {
    const below = settled.get(variable.name);
    const sources = below === undefined ? [] : [below.source, ...below.shadows];
    settled.set(variable.name, { ...variable, shadows: sources.filter((source) => source !== variable.source) });
  }
  return [...settled.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The values alone, by name. */
export function valuesOf(variables: readonly Variable[]): Readonly<Record<string, Text>> {
  return Object.fromEntries(variables.map(({ name, value }) => [name, value]));
}
