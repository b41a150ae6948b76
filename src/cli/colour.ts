import type { Invocation } from './verb.ts';

/** The escape sequences that Juju's client uses for what it shows. */
export const colours = {
  good: '\x1b[32m',
  warning: '\x1b[33m',
  bad: '\x1b[31m',
  info: '\x1b[36m',
  magenta: '\x1b[35m',
  bold: '\x1b[1m',
} as const;

/** `--color` wins, then `--no-color`, then NO_COLOR and a dumb terminal, then whether stdout is a terminal at all. */
export function wantsColour(call: Pick<Invocation, 'options' | 'env' | 'stdout'>): boolean {
  if (typeof call.options.color === 'boolean') return call.options.color;
  if (call.env.NO_COLOR !== undefined || call.env.TERM === 'dumb') return false;
  return call.stdout.isTTY === true && typeof call.options.output !== 'string';
}

const goodWords = new Set(['active', 'running', 'idle', 'started', 'executing', 'attached', 'available', 'completed']);
const busyWords = new Set([
  'allocating',
  'lost',
  'maintenance',
  'waiting',
  'pending',
  'rebooting',
  'stopped',
  'unknown',
]);
const badWords = new Set(['blocked', 'down', 'error', 'failed', 'terminated']);

/** The colour of a status word. */
export function statusColour(word: string): string | undefined {
  if (goodWords.has(word)) return colours.good;
  if (busyWords.has(word)) return colours.warning;
  return badWords.has(word) ? colours.bad : undefined;
}
