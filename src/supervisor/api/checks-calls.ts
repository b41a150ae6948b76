import { type Checks, ChecksNotFound } from '../checks/checks.ts';
import { type Answer, badRequest, type Call, commaList, Refusal, readJson, sync } from './answer.ts';
import type { Route } from './server.ts';

const cannotDecode = 'cannot decode data from request body';
const checksBody = { struct: '', fields: { action: 'string', checks: { list: 'string' } } } as const;
const refreshBody = { struct: '', fields: { name: 'string' } } as const;

/** GET and POST /v1/checks, POST /v1/checks/refresh, GET /v1/health. */
export function checksRoutes(checks: Checks): Route[] {
  return [
    { path: '/v1/checks', GET: (call) => getChecks(checks, call), POST: (call) => postChecks(checks, call) },
    { path: '/v1/checks/refresh', POST: (call) => refreshCheck(checks, call) },
    { path: '/v1/health', open: true, GET: (call) => health(checks, call) },
  ];
}

function getChecks(checks: Checks, { query }: Call): Answer {
  const level = levelOf(query);
  const names = commaList(query, 'names');
  return sync(
    checks.infos().filter((check) => {
      return (level === '' || check.level === level) && (names.length === 0 || names.includes(check.name));
    }),
  );
}

async function postChecks(checks: Checks, call: Call): Promise<Answer> {
  const payload = await readJson(call, cannotDecode, checksBody);
  const names = payload.checks ?? [];
  const action = payload.action ?? '';
  if (names.length === 0) throw badRequest(`must specify checks for ${action} action`);
  if (action !== 'start' && action !== 'stop') throw badRequest(`invalid action "${action}"`);
  try {
    return sync({ changed: checks[action](names) });
  } catch (error) {
    if (error instanceof ChecksNotFound) throw badRequest(`cannot ${action} checks: ${error.message}`);
    throw error;
  }
}

async function refreshCheck(checks: Checks, call: Call): Promise<Answer> {
  const { name } = await readJson(call, cannotDecode, refreshBody);
  if (!name) throw badRequest('must specify check name');
  const refreshed = await checks.refresh(name, call.gone);
  if (refreshed === null) throw new Refusal(404, `cannot find check with name "${name}"`);
  return sync(refreshed);
}

/** A check of level `alive` counts for `ready` as well; checks that do not run count for nothing. */
function health(checks: Checks, { query }: Call): Answer {
  const level = levelOf(query);
  const names = commaList(query, 'names');
  const counts = ['', 'ready', 'alive'].slice(level === 'alive' ? 2 : level === 'ready' ? 1 : 0);
  const down = checks.infos().some((check) => {
    const named = names.length === 0 || names.includes(check.name);
    return named && counts.includes(check.level ?? '') && check.status === 'down';
  });
  return sync({ healthy: !down }, down ? 502 : 200);
}

function levelOf(query: URLSearchParams): string {
  const level = query.get('level') ?? '';
  if (!['', 'alive', 'ready'].includes(level)) throw badRequest('level must be "alive" or "ready"');
  return level;
}
