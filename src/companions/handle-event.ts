import type { Companion, CompanionUnit } from '../controller/companion.ts';
import { type HookCommandRunner, statusSet } from '../hookcmds/index.ts';

type Handle = Companion['handle'];

interface Work {
  runAction(
    action: NonNullable<Parameters<Handle>[0]['action']>,
    tools: HookCommandRunner,
    unit: CompanionUnit,
  ): Promise<void>;
  /** Brings the unit to what options and relations say, but for the relation that is broken by this event. */
  reconcile(tools: HookCommandRunner, unit: CompanionUnit, broken?: string): Promise<void>;
}

/** How a companion takes events: an action is run, the unit's end is told, and everything else is a reconcile. */
export function handleEvent({ runAction, reconcile }: Work): Handle {
  return async ({ action, hook, relation }, tools, unit) => {
    if (action) return runAction(action, tools, unit);
    if (hook === 'stop' || hook === 'remove') return statusSet(tools, { name: 'maintenance', message: '' });
    const broken = relation && hook.endsWith('-relation-broken') ? `${relation.endpoint}:${relation.id}` : undefined;
    return reconcile(tools, unit, broken);
  };
}
