import { once } from 'node:events';
import type { Context } from '../context.ts';
import { UserError } from '../errors.ts';
import { type UnitRecord, unitById } from '../store/units.ts';

/**
 * Tells what is fetched or built for these units, and resolves when each is ready for its first event. Rejects when
 * that fails: the unit is in error then and tries again by itself. A client that hangs up only stops following.
 */
export async function followPreparation(
  context: Context,
  units: readonly UnitRecord[],
  tell: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const left = new Map(units.map((unit) => [unit.id, unit.name]));
  const ended = new AbortController();
  const stop = AbortSignal.any([signal, ended.signal]);
  let failure: UserError | undefined;
  const onSaid = (unit: number, line: string): void => {
    if (left.has(unit)) tell(line);
  };
  const onReady = (unit: number): void => {
    left.delete(unit);
    if (left.size === 0) ended.abort();
  };
  const onFailed = (id: number, reason: string): void => {
    const unit = left.get(id);
    if (unit === undefined) return;
    const remedy = unitById(context.model, id)
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
