import type { Action } from './action.ts';
import { restart } from './restart.ts';

/** Every action of actions.yaml by its name. */
export const actions: Readonly<Record<string, Action>> = { restart };
