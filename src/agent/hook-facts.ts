import { memoryKey, parseMemory } from '../../charm/memory.ts';
import { metricsKey } from '../../charm/own-metrics.ts';
import type { Relations } from '../../charm/relations/facts.ts';
import type { Config, Facts, Memory } from '../../charm/types.ts';
import { configGet } from '../hookcmds/config.ts';
import { isLeader } from '../hookcmds/leader.ts';
import { stateGet } from '../hookcmds/state.ts';
import { statusGet } from '../hookcmds/status.ts';
import { readRelations } from './relation-facts.ts';
import type { World } from './world.ts';

/** What Juju knows; it does not change while a hook runs. */
export interface HookFacts {
  readonly config: Config;
  readonly leader: boolean;
  readonly status: Facts['status'];
  readonly memory: Memory;
  readonly metrics: string;
  readonly relations: Relations;
}

/** Reads everything that a reconcile needs of Juju, in one wave. */
export async function readHookFacts(world: World): Promise<HookFacts> {
  const { runner } = world;
  const leads = isLeader(runner);
  const [config, leader, status, state, relations] = await Promise.all([
    configGet(runner),
    leads,
    statusGet(runner),
    stateGet(runner),
    readRelations(world, leads),
  ]);
  return {
    config,
    leader,
    status: { name: status.status, message: status.message },
    memory: parseMemory(state[memoryKey]),
    metrics: state[metricsKey] ?? '',
    relations,
  };
}
