/** A series as Prometheus answers a range query: seconds, and values as text. */
export interface PrometheusSeries {
  readonly metric: Readonly<Record<string, string>>;
  readonly values: readonly (readonly [seconds: number, value: string])[];
}

/** Series on one common axis: `seconds` and, for each series, a value or null for every one of them. */
export interface Aligned {
  readonly seconds: readonly number[];
  readonly values: readonly (readonly (number | null)[])[];
}

/** Puts series of one step side by side. Where a series has no sample there is a gap, as there is where it is NaN. */
export function align(series: readonly Pick<PrometheusSeries, 'values'>[], range: Range): Aligned {
  const { fromMs, toMs, stepMs } = range;
  const step = stepMs / 1000;
  const first = Math.ceil(fromMs / stepMs) * step;
  const count = Math.max(0, Math.floor((toMs / 1000 - first) / step + 1e-6)) + 1;
  const seconds = Array.from({ length: count }, (_, at) => first + at * step);
  const values = series.map((one) => {
    const row: (number | null)[] = new Array(count).fill(null);
    for (const [at, value] of one.values) {
      const index = Math.round((at - first) / step);
      if (index >= 0 && index < count) row[index] = numberIn(value);
    }
    return row;
  });
  return { seconds, values };
}

export interface Range {
  readonly fromMs: number;
  readonly toMs: number;
  readonly stepMs: number;
}

/** A range that begins at a whole step, so that the same instants are asked for at each refresh. */
export function wholeSteps(range: Range): Range {
  const { stepMs } = range;
  return {
    fromMs: Math.ceil(range.fromMs / stepMs) * stepMs,
    toMs: Math.floor(range.toMs / stepMs) * stepMs,
    stepMs,
  };
}

/** A value of Prometheus's; null where it is no number. `+Inf` is a number. */
export function numberIn(value: string): number | null {
  const number = value === '+Inf' ? Infinity : value === '-Inf' ? -Infinity : Number(value);
  return Number.isNaN(number) ? null : number;
}

/** One number for a series, by the name of Grafana's calculation; null when there is nothing to take it from. */
export function reduce(values: readonly (number | null)[], calculation: string): number | null {
  const there = values.filter((value): value is number => value !== null);
  if (calculation === 'count') return there.length;
  if (calculation === 'last') return values.at(-1) ?? null;
  if (there.length === 0) return null;
  const sum = () => there.reduce((total, value) => total + value, 0);
  switch (calculation) {
    case 'first':
    case 'firstNotNull':
      return there[0]!;
    case 'min':
      return there.reduce((a, b) => Math.min(a, b));
    case 'max':
      return there.reduce((a, b) => Math.max(a, b));
    case 'mean':
      return sum() / there.length;
    case 'sum':
    case 'total':
      return sum();
    case 'range':
      return there.reduce((a, b) => Math.max(a, b)) - there.reduce((a, b) => Math.min(a, b));
    case 'delta':
    case 'diff':
      return there.at(-1)! - there[0]!;
    default:
      return there.at(-1)!;
  }
}

/** The words for a calculation, as a column's head. */
export function calculationName(calculation: string): string {
  const known: Readonly<Record<string, string>> = { lastNotNull: 'Last', firstNotNull: 'First', mean: 'Mean' };
  return known[calculation] ?? calculation.charAt(0).toUpperCase() + calculation.slice(1);
}

/** The values of each series on top of those before it; a gap counts as nothing and stays a gap. */
export function stack(rows: readonly (readonly (number | null)[])[]): (number | null)[][] {
  const sums: number[] = [];
  return rows.map((row) =>
    row.map((value, at) => {
      sums[at] = (sums[at] ?? 0) + (value ?? 0);
      return value === null ? null : sums[at];
    }),
  );
}
