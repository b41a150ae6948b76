import { serviceName } from '../../charm/layer.ts';
import { memoryKey, renderMemory } from '../../charm/memory.ts';
import { metricsKey } from '../../charm/own-metrics.ts';
import { databagTag } from '../../charm/steps.ts';
import type { Done, Step } from '../../charm/types.ts';
import { jujuLog } from '../hookcmds/log.ts';
import { relationSet } from '../hookcmds/relation.ts';
import { stateSet } from '../hookcmds/state.ts';
import { statusSet } from '../hookcmds/status.ts';
import type { View } from './look.ts';
import type { World } from './world.ts';

type Runner<S extends Step> = (
  step: S,
  world: World,
  view: View,
) => Promise<Partial<Omit<View, 'done'>> & { readonly done?: Partial<Done> }>;

/** A runner for every step; one missing does not compile. Each resolves with what the dispatch knows anew. */
const runners: { readonly [K in Step['do']]: Runner<Extract<Step, { do: K }>> } = {
  'add-layer': async ({ layer, tag }, world) => {
    const { addLayer } = await import('./pebble-writes.ts');
    const refused = await addLayer(world.socket, layer);
    return { done: refused === null ? { layer: tag } : { refused } };
  },
  'add-log-targets': async ({ targets, tag }, world) => {
    const { addLogTargets } = await import('./pebble-writes.ts');
    const refused = await addLogTargets(world.socket, targets);
    // A Pebble that knows no log targets (Juju before 3.4) keeps no worker from its work.
    if (refused !== null) await jujuLog(world.runner, 'WARNING', `cannot forward logs: Pebble refused: ${refused}`);
    return { done: { forwarding: tag } };
  },
  replan: async ({ service }, world) => {
    const { replan } = await import('./pebble-writes.ts');
    const refused = await replan(world.socket);
    return { done: refused === null ? { service, disturbed: true } : { refused } };
  },
  restart: async (_step, world) => {
    const { restart } = await import('./pebble-writes.ts');
    await restart(world.socket, serviceName);
    return { done: { disturbed: true } };
  },
  'relation-set': async ({ write }, world, view) => {
    await relationSet(world.runner, write);
    return { done: { written: [...view.done.written, databagTag(write)] } };
  },
  'make-nonce': async (_step, world, { relations }) => {
    const { makeNonce } = await import('./make-nonce.ts');
    const nonce = await makeNonce(world);
    return { relations: relations.vault === null ? relations : { ...relations, vault: { ...relations.vault, nonce } } };
  },
  'write-files': async ({ files, tag }, world) => {
    const { writeFiles } = await import('./workload-files.ts');
    await writeFiles(world.socket, files);
    return { done: { files: tag ?? '' } };
  },
  signal: async ({ signal }, world) => {
    const { sendSignal } = await import('./pebble-writes.ts');
    await sendSignal(world.socket, { signal, service: serviceName });
    return {};
  },
  'start-check': async ({ check }, world) => {
    const { setCheck } = await import('./pebble-writes.ts');
    await setCheck(world.socket, { check, run: true });
    return {};
  },
  'stop-check': async ({ check }, world) => {
    const { setCheck } = await import('./pebble-writes.ts');
    await setCheck(world.socket, { check, run: false });
    return {};
  },
  'status-set': async ({ status }, world) => {
    await statusSet(world.runner, status);
    return { status };
  },
  'state-set': async ({ memory, metrics }, world) => {
    await stateSet(world.runner, { [memoryKey]: renderMemory(memory), [metricsKey]: metrics });
    return { stored: memory, metrics };
  },
  log: async ({ level, message }, world) => {
    await jujuLog(world.runner, level, message);
    return {};
  },
  pause: async ({ ms }) => {
    await new Promise((resolve) => setTimeout(resolve, ms));
    return {};
  },
};

/** Does one step and resolves with the dispatch's view afterwards. */
export async function apply(step: Step, world: World, view: View): Promise<View> {
  const run = runners[step.do] as Runner<Step>;
  const { done = {}, ...news } = await run(step, world, view);
  const statuses = view.done.statuses + (step.do === 'status-set' ? 1 : 0);
  return { ...view, ...news, done: { ...view.done, statuses, ...done } };
}
