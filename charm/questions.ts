import { isConfirmed } from './confirmation.ts';
import { namesProcess, ownPollers } from './identity.ts';
import type { Outlook } from './outlook.ts';
import type { Facts, Question } from './types.ts';

/** Which further facts the decision needs. Each is asked for once in a look, whatever comes of it. */
export function questions(facts: Facts, seen: Outlook | null, answered: ReadonlySet<Question>): readonly Question[] {
  if (seen === null) return [];
  const plan: readonly Question[] = seen.settled ? [] : ['plan'];
  const needed = [...plan, ...serviceQuestions(facts, seen), ...serverQuestions(facts, seen)];
  return needed.filter((question) => !answered.has(question));
}

function serviceQuestions(facts: Facts, { workload, state }: Outlook): readonly Question[] {
  const simplyRuns = workload.service?.current === 'active' && !facts.done.disturbed;
  if (simplyRuns || workload.service === null) return [];
  return state.kind === 'stopped' && state.reason !== '' ? ['changes', 'script'] : ['changes'];
}

function serverQuestions(facts: Facts, { settings, state, replan }: Outlook): readonly Question[] {
  if (settings.pollerEvidence === 'off') return [];
  const open = (state.kind === 'running' && !isConfirmed(facts, state.since)) || state.kind === 'backing off';
  // A process that is about to be replaced is not worth a question.
  if (!open || replan) return [];
  const { server } = facts;
  if (server.outcome !== 'answered' || ownPollers(facts, server.pollers).length > 0) return ['server'];
  return server.pollers.some(namesProcess) ? ['server', 'processes'] : ['server'];
}
