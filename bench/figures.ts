/** A line of bench/RESULTS.md. */
export interface Figure {
  readonly what: string;
  readonly aim: string;
  readonly figure: string;
}

export interface Spread {
  readonly min: number;
  readonly median: number;
  readonly max: number;
}

/** Minimum, median and maximum of at least one number. */
export function spread(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  return {
    min: sorted[0] ?? Number.NaN,
    median: sorted[Math.floor(sorted.length / 2)] ?? Number.NaN,
    max: sorted.at(-1) ?? Number.NaN,
  };
}

/** `54 ms (50 to 61)`: the median first, because it is what to quote. */
export function milliseconds(values: readonly number[]): string {
  const { min, median, max } = spread(values);
  return `${round(median)} ms (${round(min)} to ${round(max)})`;
}

export function round(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toFixed(1);
}
