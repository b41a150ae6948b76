import type { NoticeType } from '../../pebble/types.ts';
import { decodeValue, JsonRefused } from '../json-shape.ts';
import type { NoticeBook, NoticeFilter } from '../notices/notice-book.ts';
import { parseTimestamp } from '../timestamp.ts';
import { type Answer, badRequest, type Call, commaList, Refusal, readJson, sync } from './answer.ts';
import { optionalDuration } from './changes-calls.ts';
import type { Route } from './server.ts';

const customKey = /^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+(-[a-z0-9]+)*)+(\/[a-z0-9]+(-[a-z0-9]+)*)+$/;
const longestKey = 256;
const largestData = 4 * 1024;
const noticeTypes: readonly string[] = ['change-update', 'custom', 'warning'];

/** GET and POST /v1/notices, GET /v1/notices/{id}. `uid` is the caller's: only one can reach the socket. */
export function noticesRoutes(notices: NoticeBook, uid: number): Route[] {
  return [
    {
      path: '/v1/notices',
      GET: (call) => getNotices(notices, uid, call),
      POST: (call) => postNotices(notices, uid, call),
    },
    { path: '/v1/notices/{id}', GET: ({ params }) => getNotice(notices, params[0] as string) },
  ];
}

async function getNotices(notices: NoticeBook, uid: number, call: Call): Promise<Answer | null> {
  const { query } = call;
  const userId = userFilter(query, uid);
  const asked = commaList(query, 'types');
  const types = asked.filter((type) => noticeTypes.includes(type)) as NoticeType[];
  // Types that are unknown here may be known to a later Pebble: nothing of them has occurred.
  if (asked.length > 0 && types.length === 0) return sync([]);
  const afterText = query.get('after') ?? '';
  const after = afterText === '' ? undefined : parseTimestamp(afterText);
  if (after === null) throw badRequest(`invalid "after" timestamp: cannot parse "${afterText}"`);
  const filter: NoticeFilter = {
    ...(userId === undefined ? {} : { userId }),
    types,
    keys: commaList(query, 'keys'),
    ...(after === undefined ? {} : { after }),
  };
  const timeoutMs = optionalDuration(query.get('timeout'), 'timeout');
  if (timeoutMs <= 0) return sync(notices.list(filter));
  const found = await notices.wait(filter, timeoutMs, call.gone);
  return call.gone.aborted ? null : sync(found);
}

/** Whose notices are asked for; undefined: everybody's. */
function userFilter(query: URLSearchParams, uid: number): number | undefined {
  const ids = commaList(query, 'user-id');
  if (query.has('users')) {
    if (query.has('user-id')) throw badRequest('cannot use both "users" and "user-id" parameters');
    if (query.get('users') !== 'all') throw badRequest('invalid "users" filter: must be "all"');
    return undefined;
  }
  if (!query.has('user-id')) return uid;
  if (ids.length !== 1) throw badRequest('invalid "user-id" filter: must only include one "user-id"');
  const id = Number(ids[0]);
  if (!/^-?\d+$/.test(ids[0] as string)) {
    throw badRequest(`invalid "user-id" filter: strconv.ParseInt: parsing "${ids[0]}": invalid syntax`);
  }
  if (id < 0 || id > 2 ** 32 - 1) throw badRequest(`invalid "user-id" filter: user ID is not a valid uint32: ${id}`);
  return id;
}

const noticesBody = {
  struct: '',
  fields: { action: 'string', type: 'string', key: 'string', 'repeat-after': 'string', data: 'any' },
} as const;

async function postNotices(notices: NoticeBook, uid: number, call: Call): Promise<Answer> {
  const payload = await readJson(call, 'cannot decode request body', noticesBody);
  const { action = '', type = '', key = '' } = payload;
  if (action !== 'add') throw badRequest(`invalid action "${action}"`);
  if (type !== 'custom') throw badRequest(`invalid type "${type}" (can only add "custom" notices)`);
  if (!customKey.test(key)) throw badRequest(`invalid key "${key}" (must be in "example.com/path" format)`);
  if (key.length > longestKey) throw badRequest(`key must be ${longestKey} bytes or less`);
  const repeatAfterMs = optionalDuration(payload['repeat-after'], 'repeat-after');
  const data = payload.data === undefined ? undefined : noticeData(payload.data);
  return sync({ id: notices.add({ type: 'custom', key, userId: uid, data, repeatAfterMs }) });
}

function noticeData(value: unknown): Record<string, string> {
  if (Buffer.byteLength(JSON.stringify(value)) > largestData) {
    throw badRequest(`total size of data must be ${largestData} bytes or less`);
  }
  try {
    return decodeValue(value, { map: 'string' }) as Record<string, string>;
  } catch (error) {
    throw error instanceof JsonRefused ? badRequest(`cannot decode notice data: ${error.message}`) : error;
  }
}

function getNotice(notices: NoticeBook, id: string): Answer {
  const notice = notices.get(id);
  if (!notice) throw new Refusal(404, `cannot find notice with ID "${id}"`);
  return sync(notice);
}
