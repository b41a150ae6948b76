import type { HealthAnswer } from '../../charm/types.ts';
import { get } from '../plain-http/plain-http.ts';

/** How long the worker may take; it asks the server itself before it answers, for 3 s at most. */
const timeoutMs = 4000;
/** A page that is longer is none of the kit's: some programs answer their metrics at any path. */
const longestBytes = 16_384;

/** Asks the worker's own health page. Whatever else answers there, or nobody, is an answer too. */
export async function readHealth(place: { readonly host: string; readonly port: number }): Promise<HealthAnswer> {
  try {
    return parseHealth(JSON.parse(await pageOf(place)));
  } catch {
    return { outcome: 'none' };
  }
}

function pageOf(place: { readonly host: string; readonly port: number }): Promise<string> {
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(timeoutMs);
    get({ ...place, path: '/healthz', signal, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => {
        text += part;
        if (text.length > longestBytes) response.destroy(new Error('it is no health page'));
      });
      response.once('end', () => resolve(text)).once('error', reject);
    }).once('error', reject);
  });
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
