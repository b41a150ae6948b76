import type { HookCommand } from './command.ts';
import { actionCommands } from './commands/action.ts';
import { configCommands } from './commands/config.ts';
import { leadershipCommands } from './commands/leadership.ts';
import { logCommands } from './commands/log.ts';
import { modelCommands } from './commands/model.ts';
import { networkCommands } from './commands/network.ts';
import { portCommands } from './commands/port.ts';
import { relationCommands } from './commands/relation.ts';
import { secretCommands } from './commands/secret.ts';
import { stateCommands } from './commands/state.ts';
import { statusCommands } from './commands/status.ts';
import { storageCommands } from './commands/storage.ts';

/** Every hook command by its name. */
export const hookCommands: Readonly<Record<string, HookCommand>> = {
  ...actionCommands,
  ...configCommands,
  ...leadershipCommands,
  ...logCommands,
  ...modelCommands,
  ...networkCommands,
  ...portCommands,
  ...relationCommands,
  ...secretCommands,
  ...stateCommands,
  ...statusCommands,
  ...storageCommands,
};

/** The table for people: what is there, and what of it is not complete. By name. */
export const hookCommandTable: readonly { readonly name: string; readonly complete: boolean; readonly note: string }[] =
  Object.entries(hookCommands)
    .map(([name, command]) => ({ name, complete: command.coverage === 'complete', note: command.note ?? '' }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
