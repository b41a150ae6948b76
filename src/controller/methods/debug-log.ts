import { once } from 'node:events';
import type { DebugLogParams, LogLine } from '../api.ts';
import type { Context } from '../context.ts';
import type { Caller } from '../server.ts';
import { globs } from './selectors.ts';

const levels = ['TRACE', 'DEBUG', 'INFO', 'WARNING', 'ERROR', 'CRITICAL'];

/** The newest lines that match, oldest first, and with `follow` every new one until the client hangs up or `limit` is reached. */
export async function debugLog(
  context: Context,
  params: DebugLogParams,
  caller: Caller<'debugLog'>,
): Promise<Record<string, never>> {
  const { logs, model } = context;
  const matches = lineFilter(params);
  let left = params.limit > 0 ? params.limit : Number.POSITIVE_INFINITY;
  const ended = new AbortController();
  const send = (line: LogLine): void => {
    if (left <= 0 || !matches(line)) return;
    left -= 1;
    caller.tell(line);
    if (left <= 0) ended.abort();
  };
  const backlog: LogLine[] = [];
  const wanted = params.backlog < 0 ? Number.POSITIVE_INFINITY : params.backlog;
  if (wanted > 0) {
    for (const line of logs.newest(model.uuid)) {
      if (!matches(line)) continue;
      backlog.push(line);
      if (backlog.length >= wanted) break;
    }
  }
  // No line can come between this and the subscription: nothing here waits.
  for (const line of backlog.reverse()) send(line);
  if (!params.follow || left <= 0) return {};
  const onLine = (of: string, line: LogLine): void => {
    if (of === model.uuid) send(line);
  };
  logs.on('line', onLine);
  try {
    const stop = AbortSignal.any([caller.signal, ended.signal]);
    if (!stop.aborted) await once(stop, 'abort');
  } finally {
    logs.off('line', onLine);
  }
  return {};
}

/** Entities may be given as units too: `worker/0` for `unit-worker-0`. A module matches with everything below it. */
export function lineFilter(params: DebugLogParams): (line: LogLine) => boolean {
  const level = levels.indexOf(params.level);
  const entity = (pattern: string): string => (pattern.includes('/') ? `unit-${pattern.replace('/', '-')}` : pattern);
  const include = params.include.map(entity);
  const exclude = params.exclude.map(entity);
  const inModule = (pattern: string, module: string): boolean => module === pattern || module.startsWith(`${pattern}.`);
  return (line) => {
    if (levels.indexOf(line.level) < level) return false;
    if (include.length > 0 && !include.some((pattern) => globs(pattern, line.entity))) return false;
    if (exclude.some((pattern) => globs(pattern, line.entity))) return false;
    if (params.includeModule.length > 0 && !params.includeModule.some((pattern) => inModule(pattern, line.module)))
      return false;
    return !params.excludeModule.some((pattern) => inModule(pattern, line.module));
  };
}
