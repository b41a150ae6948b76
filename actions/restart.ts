import { readInputs } from '../charm/inputs.ts';
import { joinProblems } from '../charm/problem.ts';
import type { Facts } from '../charm/types.ts';
import type { ActionPlan } from './action.ts';

/** `restart`: stops the worker, which drains first, and starts it with the plan as it is. */
export function restart(facts: Facts): ActionPlan {
  if (!facts.workload.known) return { refused: 'Failed to connect to the container' };
  if (facts.workload.value.service !== null) {
    return { steps: [{ do: 'restart' }], results: { result: 'worker successfully restarted' } };
  }
  const { problems } = readInputs(facts);
  const why = problems.length > 0 ? joinProblems(problems) : 'it has not been started yet';
  return { refused: `cannot restart the worker: ${why} (status tells when it runs)` };
}
