import { Observer } from './look.ts';
import { reconcileLoop } from './reconcile-loop.ts';
import type { World } from './world.ts';

/**
 * One event, or one action. The event's name chooses nothing: whatever happened, the unit is brought to what the facts
 * ask for. Rejects when Juju itself would not answer; bad input never does that.
 */
export async function dispatch(world: World): Promise<void> {
  const observer = new Observer(world);
  try {
    const first = await observer.look(null);
    if (world.action === '') return await reconcileLoop(world, observer, first);
    const { runAction } = await import('./run-action.ts');
    await runAction(world, observer, first);
  } finally {
    observer.close();
  }
}
