import { reconcile } from '../../charm/reconcile.ts';
import { nextMemory, steps } from '../../charm/steps.ts';
import type { Facts } from '../../charm/types.ts';
import { apply } from './apply.ts';
import type { Look, Observer, View } from './look.ts';
import type { World } from './world.ts';

/** More rounds than any wait can take; a loop that went further would be a bug of ours. */
const mostRounds = 2000;

/** Looks, decides and acts until nothing is left to do. `first` is a look that was had already. */
export async function reconcileLoop(world: World, observer: Observer, first: Look): Promise<void> {
  let { facts, seen } = first;
  for (let round = 0; round < mostRounds; round++) {
    const desired = reconcile(facts, seen);
    const todo = steps(facts, desired, seen);
    if (todo.length === 0) return;
    let view: View = { ...viewOf(facts), memory: nextMemory(facts, desired, seen) };
    const last = todo.every((step) => closing.has(step.do));
    try {
      for (const step of todo) view = await apply(step, world, view);
      if (last) return;
    } catch (error) {
      // Pebble went away half-way: the next look sees that and says so.
      if (!isConnectionError(error)) throw error;
    }
    ({ facts, seen } = await observer.look(view));
  }
  throw new Error(`internal error: ${mostRounds} rounds and still something to do`);
}

/** Steps after which the facts are as the decision took them, so that another look would tell nothing. */
const closing: ReadonlySet<string> = new Set(['log', 'start-check', 'stop-check', 'state-set', 'status-set']);

export function viewOf(facts: Facts): View {
  const { config, environment, secrets, certificates, relations, vault, leader, status } = facts;
  const { stored, metrics, memory, done } = facts;
  return {
    config,
    environment,
    secrets,
    certificates,
    relations,
    vault,
    leader,
    status,
    stored,
    metrics,
    memory,
    done,
  };
}

/** By name, because a part of the bundle that was loaded on its own has a class of its own. */
function isConnectionError(error: unknown): boolean {
  return error instanceof Error && error.name === 'PebbleConnectionError';
}
