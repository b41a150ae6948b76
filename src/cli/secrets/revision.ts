import { usageError } from '../failure.ts';

/** The number of `--revision`; 0 when it was not given. */
export function revisionOption(text: unknown): number {
  if (text === undefined) return 0;
  if (typeof text !== 'string' || !/^[+-]?\d{1,9}$/.test(text))
    throw usageError(`invalid value "${text}" for option --revision (a number from 1)`);
  if (Number(text) < 0) throw usageError('revision must be a positive integer');
  return Number(text);
}
