import { usageError } from './failure.ts';

const unitMs: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

/** The longest time a timer can wait for, in milliseconds: 24 days. */
export const forever = 2 ** 31 - 1;

/** Reads a duration as Go writes it (`90s`, `1m30s`, `1.5h`, `0`) into milliseconds. */
export function parseDuration(text: string, option: string): number {
  if (/^[+-]?0$/.test(text)) return 0;
  const match = /^([+-]?)((?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|ms|s|m|h))+$/.exec(text);
  if (!match) {
    throw usageError(`invalid value "${text}" for option --${option}: not a duration (accepted: 30s, 2m, 1h30m)`);
  }
  let ms = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h)/g))
    ms += Number(amount) * (unitMs[unit ?? ''] ?? 0);
  return match[1] === '-' ? -ms : ms;
}

/** Writes milliseconds the way Go prints a duration: `2m30s`, `500ms`, `1h0m0s`. */
export function formatDuration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)}ms`;
  const hours = Math.floor(ms / 3_600_000);
  const minutes = Math.floor((ms % 3_600_000) / 60_000);
  const seconds = Number(((ms % 60_000) / 1000).toFixed(3));
  return `${hours > 0 ? `${hours}h` : ''}${hours > 0 || minutes > 0 ? `${minutes}m` : ''}${seconds}s`;
}
