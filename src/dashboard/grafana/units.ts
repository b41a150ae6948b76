/** A number as people read it, in one of Grafana's units; units we do not know stand behind the number. */
export function formatValue(value: number, unit = '', decimals?: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  const scale = scales[unit];
  if (scale) return scaled(value, scale, decimals);
  switch (unit) {
    case '':
    case 'none':
    case 'string':
      return digits(value, decimals);
    case 'percent':
      return `${digits(value, decimals)}%`;
    case 'percentunit':
      return `${digits(value * 100, decimals)}%`;
    case 'bool':
      return value === 0 ? 'False' : 'True';
    case 'bool_yes_no':
      return value === 0 ? 'No' : 'Yes';
    case 'bool_on_off':
      return value === 0 ? 'Off' : 'On';
    case 'dateTimeAsIso':
    case 'dateTimeAsSystem':
    case 'dateTimeAsLocal':
    case 'dateTimeAsUS':
      return localTime(value);
    case 'dateTimeFromNow':
      return fromNow(value);
  }
  const [, kind, rest = ''] = /^(prefix|suffix|currency|short):(.*)$/.exec(unit) ?? [];
  if (kind === 'prefix') return `${rest}${digits(value, decimals)}`;
  return `${digits(value, decimals)} ${kind === 'suffix' ? rest : unit}`;
}

/** `2026-11-27 13:05:00` in the reader's own time zone. */
export function localTime(ms: number): string {
  const date = new Date(ms);
  if (Number.isNaN(date.getTime())) return 'invalid date';
  const two = (part: number) => String(part).padStart(2, '0');
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

function fromNow(ms: number): string {
  const seconds = (ms - Date.now()) / 1000;
  const text = scaled(Math.abs(seconds), scales.s!, 0);
  return seconds < 0 ? `${text} ago` : `in ${text}`;
}

/** Factors with the words behind the number, ascending. The first that the value does not reach ends the search. */
type Scale = readonly (readonly [factor: number, suffix: string])[];

const thousands = (suffix: string): Scale => [
  [1, suffix],
  [1e3, `K${suffix && ` ${suffix.trim()}`}`],
  [1e6, `Mil${suffix && ` ${suffix.trim()}`}`],
  [1e9, `Bil${suffix && ` ${suffix.trim()}`}`],
];
const rate = (suffix: string): Scale => [
  [1, ` ${suffix}`],
  [1e3, `k ${suffix}`],
  [1e6, `M ${suffix}`],
];
const binary = (suffix: string): Scale =>
  ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi'].map((prefix, at) => [1024 ** at, ` ${prefix}${suffix}`] as const);
const decimal = (suffix: string): Scale =>
  ['', 'k', 'M', 'G', 'T', 'P'].map((prefix, at) => [1000 ** at, ` ${prefix}${suffix}`] as const);
const durations = (second: number): Scale =>
  [
    [1e-9 * second, ' ns'],
    [1e-6 * second, ' µs'],
    [1e-3 * second, ' ms'],
    [second, ' s'],
    [60 * second, ' min'],
    [3600 * second, ' hour'],
    [86_400 * second, ' day'],
    [604_800 * second, ' week'],
    [31_536_000 * second, ' year'],
  ] as const;

const scales: Readonly<Record<string, Scale>> = {
  short: thousands(''),
  ns: durations(1e9),
  µs: durations(1e6),
  ms: durations(1e3),
  s: durations(1),
  m: durations(1 / 60),
  h: durations(1 / 3600),
  d: durations(1 / 86_400),
  dtdurations: durations(1),
  dtdurationms: durations(1e3),
  clocks: durations(1),
  bytes: binary('B'),
  decbytes: decimal('B'),
  bits: binary('b'),
  decbits: decimal('b'),
  kbytes: binary('B').map(([factor, suffix]) => [factor / 1024, suffix] as const),
  mbytes: binary('B').map(([factor, suffix]) => [factor / 1024 ** 2, suffix] as const),
  Bps: decimal('B/s'),
  binBps: binary('B/s'),
  bps: decimal('b/s'),
  ops: rate('ops/s'),
  opm: rate('ops/m'),
  reqps: rate('req/s'),
  rps: rate('reads/s'),
  wps: rate('writes/s'),
  iops: rate('io/s'),
  cps: rate('c/s'),
  eps: rate('evt/s'),
  mps: rate('msg/s'),
};

function scaled(value: number, scale: Scale, decimals: number | undefined): string {
  const size = Math.abs(value);
  if (size === 0) return `0${smallestWhole(scale)}`;
  const [factor, suffix] = scale.findLast(([least]) => size >= least * 0.9999) ?? scale[0]!;
  const count = value / factor;
  const plural = /(hour|day|week|year)$/.test(suffix) && Math.abs(count) !== 1 ? `${suffix}s` : suffix;
  return `${digits(count, decimals)}${suffix.startsWith(' ') || suffix === '' ? plural : ` ${plural}`}`;
}

/** Zero of something is written in its plain unit. */
function smallestWhole(scale: Scale): string {
  const [, suffix] = scale.find(([factor]) => factor === 1) ?? scale[0]!;
  return suffix;
}

/** Three digits that matter, no zeros behind them, unless the number of decimals is given. */
function digits(value: number, decimals: number | undefined): string {
  if (decimals !== undefined) return value.toFixed(Math.min(20, Math.max(0, decimals)));
  const size = Math.abs(value);
  if (size === 0) return '0';
  if (size >= 100 || Number.isInteger(value)) return String(Math.round(value * 10) / 10).replace(/\.0$/, '');
  if (size < 0.0001) return value.toExponential(2);
  return String(Number(value.toPrecision(3)));
}
