import { type Explanation, explainEnvironment } from '../../charm/environment/explanation.ts';
import { serviceName } from '../../charm/layer.ts';
import { inputQuestions } from '../../charm/questions.ts';
import type { Facts, Question } from '../../charm/types.ts';
import { answers } from './answers.ts';
import { readHookFacts } from './hook-facts.ts';
import { factsOf, firstView } from './look.ts';
import { readWorkload } from './workload-facts.ts';
import type { World } from './world.ts';

/** Reads what an event would read and explains what the worker is to be told. Writes nothing, and asks no server but Vault. */
export async function explain(world: World, of: { readonly reveal: boolean }): Promise<Explanation> {
  const [hook, { workload, planText }] = await Promise.all([readHookFacts(world), readWorkload(world)]);
  let facts = factsOf(world, { ...firstView(hook), workload });
  const asked = new Set<Question>();
  for (;;) {
    const first: readonly Question[] = facts.memory.address === null ? ['address'] : [];
    const open = [...first, ...inputQuestions(facts)].filter((question) => !asked.has(question));
    if (open.length === 0) break;
    const from = { world, facts, planText, server: () => Promise.reject(new Error('internal error: not to be asked')) };
    const got = await Promise.all(open.map((question) => answers[question](from)));
    for (const question of open) asked.add(question);
    facts = got.reduce<Facts>((sum, answer) => answer(sum), facts);
  }
  const { parsePlan } = await import('./plan-text.ts');
  const planned = workload.known ? (parsePlan(planText).services[serviceName]?.environment ?? {}) : null;
  return explainEnvironment(facts, { planned, reveal: of.reveal });
}
