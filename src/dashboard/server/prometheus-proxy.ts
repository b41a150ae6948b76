import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { list, record, text } from '../grafana/json.ts';
import { formatDuration, parseDuration } from '../grafana/time.ts';
import type { ShownSource } from './view.ts';

/** Reading, and nothing else: no administration, no configuration, no writing. */
const allowed = /^\/api\/v1\/(?:query|query_range|series|labels|metadata|label\/[A-Za-z_]\w*\/values)$/;

const mostBodyBytes = 256 << 10;

/** Passes a question to Prometheus and its answer back as it comes. Failures are answered in Prometheus's own form. */
export async function passOn(
  request: IncomingMessage,
  response: ServerResponse,
  to: { readonly source: ShownSource; readonly path: string; readonly search: string; readonly timeoutMs: number },
): Promise<void> {
  const { source, path, search, timeoutMs } = to;
  if (!allowed.test(path) || !['GET', 'POST'].includes(request.method ?? '')) {
    return fail(response, 403, 'forbidden', `"${request.method} ${path}" is not passed on (only questions are)`);
  }
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  let answer: Response;
  try {
    const body = request.method === 'POST' ? await readBody(request) : undefined;
    answer = await fetch(`${source.url.replace(/\/+$/, '')}${path}${search}`, {
      method: request.method!,
      redirect: 'manual',
      signal: AbortSignal.any([gone.signal, AbortSignal.timeout(timeoutMs)]),
      ...(body && { body, headers: { 'content-type': 'application/x-www-form-urlencoded' } }),
    });
  } catch (error) {
    if (gone.signal.aborted) return;
    return fail(response, 502, 'unavailable', `cannot reach ${source.url}: ${why(error, timeoutMs)}`);
  }
  const type = answer.headers.get('content-type') ?? '';
  if (!type.startsWith('application/json')) {
    await answer.body?.cancel();
    return fail(response, 502, 'unavailable', `${source.url} answered with HTTP status ${answer.status} and no JSON`);
  }
  response.writeHead(answer.status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  // A reader that has gone, or a Prometheus that dies in the middle of it, ends the answer early.
  await pipeline(Readable.fromWeb(answer.body as Parameters<typeof Readable.fromWeb>[0]), response).catch(() => {});
}

/** How often the source's targets are scraped, at the slowest, `15s`: a rate over less has no values. */
export async function scrapeInterval(source: ShownSource, timeoutMs: number): Promise<string> {
  if (source.interval !== undefined && parseDuration(source.interval)) return source.interval;
  const answer = await fetch(`${source.url.replace(/\/+$/, '')}/api/v1/targets?state=active`, {
    redirect: 'manual',
    signal: AbortSignal.timeout(timeoutMs),
  });
  const { activeTargets } = record(record(await answer.json()).data);
  const intervals = list(activeTargets).map((target) => parseDuration(text(record(target).scrapeInterval)) ?? 0);
  const slowest = Math.max(0, ...intervals);
  if (slowest === 0) throw new Error('no target is scraped');
  return formatDuration(slowest);
}

/** An error as Prometheus would write it, which is what the page reads. */
export function fail(response: ServerResponse, status: number, errorType: string, error: string): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(JSON.stringify({ status: 'error', errorType, error }));
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    length += (chunk as Buffer).length;
    if (length > mostBodyBytes) throw new Error(`the question is larger than ${mostBodyBytes >> 10} KiB`);
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function why(error: unknown, timeoutMs: number): string {
  const { name, message, cause } = error as Error & { cause?: NodeJS.ErrnoException };
  if (name === 'TimeoutError') return `no answer within ${timeoutMs / 1000} s`;
  if (cause?.code === 'ECONNREFUSED') return 'connection refused';
  if (cause?.code === 'ENOTFOUND' || cause?.code === 'EAI_AGAIN') return 'the name is not known';
  return cause?.message || message;
}
