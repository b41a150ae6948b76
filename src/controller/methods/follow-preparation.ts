import { once } from 'node:events';
import type { Context } from '../context.ts';
import { UserError } from '../errors.ts';
import { findUnit } from '../store/units.ts';

/**
 * Tells what is fetched or built for these units, and resolves when each is ready for its first event. Rejects when
 * that fails: the unit is in error then and tries again by itself. A client that hangs up only stops following.
 */
export async function followPreparation(
  context: Context,
  units: readonly string[],
  tell: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const left = new Set(units);
  const ended = new AbortController();
  const stop = AbortSignal.any([signal, ended.signal]);
  let failure: UserError | undefined;
  const onSaid = (unit: string, line: string): void => {
    if (left.has(unit)) tell(line);
  };
  const onReady = (unit: string): void => {
    left.delete(unit);
    if (left.size === 0) ended.abort();
  };
  const onFailed = (unit: string, reason: string): void => {
    if (!left.has(unit)) return;
    const remedy = findUnit(context.model, unit)
      ? ` (unit ${unit} tries again by itself; to try now: charmlet resolved ${unit}; to give up: charmlet remove-application --force ${unit.split('/')[0]})`
      : '';
    failure = new UserError(reason + remedy);
    ended.abort();
  };
  const { preparations } = context;
  preparations.on('said', onSaid).on('ready', onReady).on('failed', onFailed);
  try {
    if (!stop.aborted) await once(stop, 'abort');
  } finally {
    preparations.off('said', onSaid).off('ready', onReady).off('failed', onFailed);
  }
  if (failure) throw failure;
}
