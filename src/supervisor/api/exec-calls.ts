import { ExecRefused, execBody, readExecRequest } from '../exec/exec-request.ts';
import type { Executions } from '../exec/executions.ts';
import type { PlanStore } from '../plan/plan-store.ts';
import type { View } from '../workload/view.ts';
import { type Answer, accepted, type Call, Refusal, readJson } from './answer.ts';
import type { Route } from './server.ts';

/** POST /v1/exec. The websockets that belong to it are opened by the server. */
export function execRoutes(parts: { plan: PlanStore; view: View; executions: Executions }): Route[] {
  return [{ path: '/v1/exec', POST: (call) => postExec(parts, call) }];
}

async function postExec(parts: { plan: PlanStore; view: View; executions: Executions }, call: Call): Promise<Answer> {
  const body = await readJson(call, 'cannot decode request body', execBody);
  try {
    const request = readExecRequest(body, parts.plan.plan, parts.view);
    const { change, taskId } = parts.executions.start(request);
    const { env, workingDir } = request.command;
    return accepted(change.id, { environment: env, 'task-id': taskId, 'working-dir': workingDir });
  } catch (error) {
    if (error instanceof ExecRefused) throw new Refusal(error.statusCode, error.message);
    throw error;
  }
}
