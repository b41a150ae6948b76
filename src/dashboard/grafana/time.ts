const unitMs: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
  M: 2_592_000_000,
  y: 31_536_000_000,
};

/** Milliseconds of `30s`, `1h30m`, `>10s`; undefined for other text. */
export function parseDuration(written: string): number | undefined {
  const parts = [...written.replace(/^>/, '').matchAll(/(\d+(?:\.\d+)?)(ms|[smhdwMy])/g)];
  if (parts.length === 0 || parts.map(([whole]) => whole).join('') !== written.replace(/^>/, '')) return undefined;
  return parts.reduce((sum, [, count, unit]) => sum + Number(count) * unitMs[unit!]!, 0);
}

/** The shortest text for whole seconds and more: `90s` is `1m30s`, 15000 ms is `15s`. */
export function formatDuration(ms: number): string {
  if (ms < 1000) return `${Math.max(1, Math.round(ms))}ms`;
  let rest = Math.round(ms / 1000);
  const parts = [];
  for (const [unit, seconds] of [
    ['d', 86_400],
    ['h', 3600],
    ['m', 60],
    ['s', 1],
  ] as const) {
    const count = Math.floor(rest / seconds);
    rest -= count * seconds;
    if (count > 0) parts.push(`${count}${unit}`);
  }
  return parts.join('');
}

/** The instant that `now`, `now-6h`, `now/d` or milliseconds mean; undefined for other text. */
export function parseTime(written: string, nowMs: number): number | undefined {
  if (/^\d{11,}$/.test(written)) return Number(written);
  const [, sign, span] = /^now(?:([-+])(\w+))?(?:\/[smhdwMy])?$/.exec(written) ?? [];
  if (span === undefined) return /^now(\/[smhdwMy])?$/.test(written) ? nowMs : parseDate(written);
  const ms = parseDuration(span);
  return ms === undefined ? undefined : nowMs + (sign === '-' ? -ms : ms);
}

function parseDate(written: string): number | undefined {
  const ms = /^\d{4}-\d\d-\d\d/.test(written) ? Date.parse(written) : Number.NaN;
  return Number.isNaN(ms) ? undefined : ms;
}

/** Steps that people can read off an axis, in ms. */
const niceMs = [
  1000, 2000, 5000, 10_000, 15_000, 20_000, 30_000, 60_000, 120_000, 300_000, 600_000, 900_000, 1_200_000, 1_800_000,
  3_600_000, 7_200_000, 10_800_000, 21_600_000, 43_200_000, 86_400_000, 604_800_000, 2_592_000_000,
];

/**
 * The step between two points: the range over so many points, rounded up to a readable step, and at least `leastMs`,
 * the data's own interval.
 */
export function stepFor(rangeMs: number, points: number, leastMs: number): number {
  const exact = rangeMs / Math.max(1, points);
  const nice = niceMs.find((step) => step >= exact) ?? Math.ceil(exact / 2_592_000_000) * 2_592_000_000;
  return Math.max(nice, leastMs);
}

/** Grafana's own variables. A rate needs at least four scrapes in its window, or it would have holes. */
export function builtInVariables(range: {
  readonly fromMs: number;
  readonly toMs: number;
  readonly stepMs: number;
  readonly scrapeMs: number;
}): Readonly<Record<string, string>> {
  const { fromMs, toMs, stepMs, scrapeMs } = range;
  const rangeMs = toMs - fromMs;
  return {
    __interval: formatDuration(stepMs),
    __interval_ms: String(stepMs),
    __rate_interval: formatDuration(Math.max(stepMs + scrapeMs, 4 * scrapeMs)),
    __range: formatDuration(rangeMs),
    __range_s: String(Math.round(rangeMs / 1000)),
    __range_ms: String(rangeMs),
    __from: String(fromMs),
    __to: String(toMs),
  };
}
