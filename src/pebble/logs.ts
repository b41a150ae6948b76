import { connectionError, openResponse, readBody, readEnvelope } from './request.ts';
import type { LogEntry } from './types.ts';

export interface LogsQuery {
  readonly services?: readonly string[];
  /** -1 for all that are kept. The daemon's default is 30, or 0 when following. */
  readonly n?: number;
  readonly follow?: boolean;
  readonly signal?: AbortSignal;
  readonly timeoutMs: number;
}

/** Reads log lines as the daemon sends them. An abort of `signal` ends the iteration without an error. */
export async function* followLogs(socket: string, query: LogsQuery): AsyncGenerator<LogEntry, void> {
  const parameters = new URLSearchParams();
  for (const service of query.services ?? []) parameters.append('services', service);
  if (query.n !== undefined) parameters.set('n', String(query.n));
  if (query.follow ?? true) parameters.set('follow', 'true');
  const { signal } = query;
  // Our own controller, so that a caller who stops iterating closes the connection too.
  const closing = new AbortController();
  const onAbort = () => closing.abort();
  if (signal?.aborted) return;
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    const response = await openResponse(socket, {
      method: 'GET',
      path: `/v1/logs?${parameters}`,
      timeoutMs: query.timeoutMs,
      signal: closing.signal,
    });
    if (response.statusCode !== 200) readEnvelope(await readBody(socket, response), response.statusCode ?? 0);
    let rest = '';
    response.setEncoding('utf8');
    for await (const chunk of response) {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) if (line !== '') yield JSON.parse(line) as LogEntry;
    }
  } catch (error) {
    if (!signal?.aborted) throw isHttpError(error) ? connectionError(socket, error) : error;
  } finally {
    signal?.removeEventListener('abort', onAbort);
    closing.abort();
  }
}

function isHttpError(error: unknown): error is Error {
  return error instanceof Error && typeof (error as NodeJS.ErrnoException).code === 'string' && error.name === 'Error';
}
