import { parseLayer } from '../plan/parse-layer.ts';
import type { PlanStore } from '../plan/plan-store.ts';
import { renderPlan } from '../plan/render-plan.ts';
import { PlanFormatError } from '../plan/types.ts';
import type { Users } from '../process/identity.ts';
import { type Answer, badRequest, type Call, Refusal, readJson, sync } from './answer.ts';
import type { Route } from './server.ts';

const layersBody = {
  struct: '',
  fields: { action: 'string', combine: 'bool', inner: 'bool', label: 'string', format: 'string', layer: 'string' },
} as const;

/** GET /v1/plan and POST /v1/layers. */
export function planRoutes(plan: PlanStore, users: Users): Route[] {
  return [
    { path: '/v1/plan', GET: ({ query }) => getPlan(plan, query.get('format') ?? '') },
    { path: '/v1/layers', POST: (call) => postLayers(plan, users, call) },
  ];
}

function getPlan(plan: PlanStore, format: string): Answer {
  if (format !== 'yaml') throw badRequest(`invalid format "${format}"`);
  return sync(renderPlan(plan.plan));
}

async function postLayers(plan: PlanStore, users: Users, call: Call): Promise<Answer> {
  const body = await readJson(call, 'cannot decode request body', layersBody);
  const { action = '', combine = false, inner = false, label = '', format = '', layer = '' } = body;
  if (action !== 'add') throw badRequest(`invalid action "${action}"`);
  if (label === '') throw badRequest('label must be set');
  if (format !== 'yaml') throw badRequest(`invalid format "${format}"`);
  try {
    plan.add(parsed(label, layer, users), { combine, inner });
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw new Refusal(error instanceof PlanFormatError ? 400 : 500, (error as Error).message);
  }
  return sync(true);
}

function parsed(label: string, text: string, users: Users): ReturnType<typeof parseLayer> {
  try {
    return parseLayer(label, text, users);
  } catch (error) {
    if (error instanceof PlanFormatError) throw badRequest(`cannot parse layer YAML: ${error.message}`);
    throw error;
  }
}
