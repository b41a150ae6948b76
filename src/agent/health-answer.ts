import type { HealthAnswer } from '../../charm/types.ts';
import { ask } from '../plain-http/ask.ts';

/** How long the worker may take; it asks the server itself before it answers, for 3 s at most. */
const timeoutMs = 4000;
/** A page that is longer is none of the kit's: some programs answer their metrics at any path. */
const longest = 16_384;

/** Asks the worker's own health page. Whatever else answers there, or nobody, is an answer too. */
export async function readHealth(place: { readonly host: string; readonly port: number }): Promise<HealthAnswer> {
  try {
    const { text } = await ask({ ...place, path: '/healthz' }, { timeoutMs, longest });
    return parseHealth(JSON.parse(text));
  } catch {
    return { outcome: 'none' };
  }
}

function parseHealth(page: unknown): HealthAnswer {
  const { identity, startedAt, healthy, runState, poller } = (page ?? {}) as Record<string, unknown>;
  const { seen, why } = (poller ?? {}) as Record<string, unknown>;
  const began = Date.parse(String(startedAt));
  if (typeof identity !== 'string' || typeof healthy !== 'boolean' || Number.isNaN(began)) return { outcome: 'none' };
  const about = { outcome: 'answered', identity, startedAt: began } as const;
  if (healthy) return { ...about, polls: seen === true ? true : null, why: '' };
  const reason = runState === 'RUNNING' && typeof why === 'string' ? why : `its state is ${String(runState)}`;
  return { ...about, polls: false, why: reason.replaceAll(/\s+/g, ' ').slice(0, 200) };
}
