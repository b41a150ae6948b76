import { durationProblem, formatDuration, parseDuration } from '../../pebble/duration.ts';
import { isReady } from '../changes/change.ts';
import type { Change, ChangeBook } from '../changes/change-book.ts';
import { type Answer, badRequest, type Call, Refusal, readJson, sync } from './answer.ts';
import type { Route } from './server.ts';

const body = { struct: '', fields: { action: 'string' } } as const;

/** GET /v1/changes, GET and POST /v1/changes/{id}, GET /v1/changes/{id}/wait. */
export function changesRoutes(changes: ChangeBook): Route[] {
  return [
    { path: '/v1/changes', GET: (call) => getChanges(changes, call) },
    {
      path: '/v1/changes/{id}',
      GET: (call) => sync(find(changes, call).info()),
      POST: (call) => postChange(changes, call),
    },
    { path: '/v1/changes/{id}/wait', GET: (call) => waitChange(changes, call) },
  ];
}

function getChanges(changes: ChangeBook, { query }: Call): Answer {
  const select = query.get('select') || 'in-progress';
  if (!['all', 'in-progress', 'ready'].includes(select)) {
    throw badRequest('select should be one of: all,in-progress,ready');
  }
  const service = query.get('for');
  const found = changes.all().filter((change) => {
    if (select !== 'all' && isReady(change.status) !== (select === 'ready')) return false;
    return !service || change.services.includes(service);
  });
  return sync(found.map((change) => change.info()));
}

async function postChange(changes: ChangeBook, call: Call): Promise<Answer> {
  const change = find(changes, call);
  const { action } = await readJson(call, 'cannot decode data from request body', body);
  if (action !== 'abort') throw badRequest(`invalid action "${action ?? ''}"`);
  if (isReady(change.status)) throw badRequest(`cannot abort change ${change.id} with nothing pending`);
  changes.abort(change);
  return sync(change.info());
}

async function waitChange(changes: ChangeBook, call: Call): Promise<Answer | null> {
  const change = find(changes, call);
  const timeoutMs = optionalDuration(call.query.get('timeout'), 'timeout');
  const over = Promise.withResolvers<'timeout' | 'gone'>();
  const timer = timeoutMs > 0 ? setTimeout(() => over.resolve('timeout'), Math.min(timeoutMs, 2 ** 31 - 1)) : undefined;
  call.gone.addEventListener('abort', () => over.resolve('gone'), { once: true });
  const outcome = await Promise.race([change.ready, over.promise]);
  clearTimeout(timer);
  if (outcome === 'gone') return null;
  if (outcome === 'timeout') {
    throw new Refusal(504, `timed out waiting for change after ${formatDuration(timeoutMs)}`);
  }
  return sync(change.info());
}

/** Milliseconds of a duration parameter; 0 when it is absent. */
export function optionalDuration(text: string | null | undefined, name: string): number {
  if (!text) return 0;
  const ms = parseDuration(text);
  if (ms === null) throw badRequest(`invalid ${name}: ${durationProblem(text)}`);
  return ms;
}

function find(changes: ChangeBook, { params }: Call): Change {
  const change = changes.get(params[0] as string);
  if (!change) throw new Refusal(404, `cannot find change with id "${params[0]}"`);
  return change;
}
