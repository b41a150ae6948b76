import type { VaultRequest } from '../../actions/action.ts';
import { actions } from '../../actions/index.ts';
import { readSettings } from '../../charm/config.ts';
import { rememberLogin } from '../../charm/relations/vault-login.ts';
import { serviceState } from '../../charm/service-state.ts';
import type { Facts } from '../../charm/types.ts';
import { actionFail, actionGet, actionSet } from '../hookcmds/action.ts';
import { apply } from './apply.ts';
import type { Look, Observer } from './look.ts';
import { reconcileLoop, viewOf } from './reconcile-loop.ts';
import type { World } from './world.ts';

interface Circumstances {
  readonly world: World;
  readonly observer: Observer;
  readonly facts: Facts;
}

/** Runs the action that Juju names; afterwards the unit is reconciled as after any event. An action fails by `action-fail`, never by its exit code. */
export async function runAction(world: World, observer: Observer, first: Look): Promise<void> {
  const { facts } = first;
  const action = Object.hasOwn(actions, world.action) ? actions[world.action] : undefined;
  if (action === undefined) {
    return actionFail(world.runner, `cannot run action "${world.action}": this charm has no such action`);
  }
  const plan = action(facts, await actionGet(world.runner));
  if ('refused' in plan) return refuse(plan.refused, { world, observer, facts });
  if ('vault' in plan) return runVaultAction({ world, observer, facts }, plan.vault);
  let view = viewOf(facts);
  try {
    for (const step of plan.steps) view = await apply(step, world, view);
  } catch (error) {
    return refuse((error as Error).message, { world, observer, facts });
  }
  const after = await observer.look(view);
  await reconcileLoop(world, observer, after);
  const failure = failureOf((await observer.look(view)).facts);
  await (failure === null ? actionSet(world.runner, plan.results) : actionFail(world.runner, failure));
}

/** The unit is reconciled afterwards with what Vault has by then. */
async function runVaultAction({ world, observer, facts }: Circumstances, request: VaultRequest): Promise<void> {
  const { vaultRefusal: last } = facts.memory;
  // The look itself was refused a moment ago.
  if (last !== null && last !== facts.stored.vaultRefusal) return refuse(last.why, { world, observer, facts });
  const { askVault } = await import('./vault-action.ts');
  const { login, answer } = await askVault(request);
  const failed = 'failed' in answer;
  await (failed ? actionFail(world.runner, answer.failed) : actionSet(world.runner, answer.results));
  const { place } = request;
  const vaultRefusal = rememberLogin(last, { place, now: Date.now(), login });
  if (failed && vaultRefusal === facts.stored.vaultRefusal) return;
  const view = { ...viewOf(facts), memory: { ...facts.memory, vaultRefusal } };
  // Without a way in, what was read before stands: another look would log in once more.
  const again = login.outcome === 'let in' ? { ...view, vault: {} } : view;
  await reconcileLoop(world, observer, await observer.look(again));
}

/** Of an action that comes to nothing: what Vault said to the unit meanwhile is kept all the same. */
async function refuse(why: string, { world, observer, facts }: Circumstances): Promise<void> {
  await actionFail(world.runner, why);
  if (facts.memory.vaultRefusal === facts.stored.vaultRefusal) return;
  await reconcileLoop(world, observer, await observer.look(viewOf(facts)));
}

/** Why the worker does not run after the action, or null when it does. */
function failureOf(facts: Facts): string | null {
  if (!facts.workload.known) return 'Failed to connect to the container';
  const state = serviceState(facts.workload.value);
  if (state.kind === 'stopped') return `cannot start the worker: ${state.reason || 'it stopped'}`;
  if (state.kind === 'backing off') return 'cannot start the worker: it ended at once and is started again';
  if (state.kind === 'draining') {
    const { stopTimeoutMs } = readSettings(facts.config);
    return `cannot tell yet whether the worker restarted: it still drains (for ${stopTimeoutMs / 1000} s at most; its status tells)`;
  }
  return null;
}
