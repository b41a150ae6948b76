import { memoryKey, parseMemory } from '../../charm/memory.ts';
import type { Config, Facts, Memory } from '../../charm/types.ts';
import { configGet } from '../hookcmds/config.ts';
import { isLeader } from '../hookcmds/leader.ts';
import type { HookCommandRunner } from '../hookcmds/runner.ts';
import { stateGet } from '../hookcmds/state.ts';
import { statusGet } from '../hookcmds/status.ts';

/** What Juju knows; it does not change while a hook runs. */
export interface HookFacts {
  readonly config: Config;
  readonly leader: boolean;
  readonly status: Facts['status'];
  readonly memory: Memory;
}

/** Reads everything that a reconcile needs of Juju, in one wave. */
export async function readHookFacts(runner: HookCommandRunner): Promise<HookFacts> {
  const [config, leader, status, state] = await Promise.all([
    configGet(runner),
    isLeader(runner),
    statusGet(runner),
    stateGet(runner),
  ]);
  return {
    config,
    leader,
    status: { name: status.status, message: status.message },
    memory: parseMemory(state[memoryKey]),
  };
}
