import type { UnitStatus } from '../types.ts';
import type { DatabasePlace } from './database.ts';
import type { DatabaseAnswer } from './facts.ts';

/** The status while the database keeps the worker from its work; null when it does not, or nobody asked. */
export function databaseStatus(place: DatabasePlace | null, answer: DatabaseAnswer): UnitStatus | null {
  if (place === null || answer.outcome === 'not asked' || answer.outcome === 'open') return null;
  const where = `${place.host.includes(':') ? `[${place.host}]` : place.host}:${place.port}`;
  const message =
    answer.outcome === 'refused'
      ? `database at '${where}' refuses the worker: ${answer.why}`
      : `cannot reach the database at '${where}': ${answer.why}`;
  return { name: 'waiting', message };
}
