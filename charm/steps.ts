import { lookAgainCheck } from './layer.ts';
import { forwardingSteps, nextForwarding } from './log-forwarding.ts';
import { renderMemory } from './memory.ts';
import { type Outlook, outlook } from './outlook.ts';
import { renderMetrics } from './own-metrics.ts';
import type { DatabagWrite } from './relations/facts.ts';
import { tag } from './tag.ts';
import type { Desired, Facts, Memory, Step, UnitStatus } from './types.ts';

/** How often a dispatch that waits looks again. */
const pauseMs = 250;

/**
 * The next steps from the facts to what is desired: first those that change the workload, then a pause while there is
 * something to wait for, at last what is written down. None: all is as it should be.
 */
export function steps(facts: Facts, desired: Desired, seen: Outlook | null = outlook(facts)): readonly Step[] {
  const telling = databagSteps(facts, desired);
  if (telling.length > 0) return telling;
  const doing = [...forwardingSteps(facts), ...(seen === null ? [] : workloadSteps(facts, desired, seen))];
  if (doing.length > 0) return [...(facts.status.name === 'active' ? interimStatus(facts, desired) : []), ...doing];
  if (desired.waitUntil !== null) {
    return [...interimStatus(facts, desired), { do: 'pause', ms: Math.min(pauseMs, desired.waitUntil - facts.now) }];
  }
  return closingSteps(facts, desired, seen);
}

/** The memory as it should be after this look; `applied` follows the plan once the plan has the layer. */
export function nextMemory(facts: Facts, desired: Desired, seen: Outlook | null): Memory {
  const forwarding = nextForwarding(facts);
  if (seen === null) return { ...desired.memory, forwarding };
  const files = seen.files.written ? seen.files.tag : desired.memory.files;
  if (!seen.planned) return { ...desired.memory, forwarding, files };
  const replanned = facts.done.service === seen.serviceTag;
  const service = replanned ? seen.serviceTag : (desired.memory.applied?.service ?? '');
  return {
    ...desired.memory,
    forwarding,
    files,
    applied: { layer: seen.layerTag, service, plan: seen.workload.planTag },
  };
}

/** What stands for a databag write that was made already. */
export function databagTag({ relationId, application, data }: DatabagWrite): string {
  return tag([relationId, application, data]);
}

/** Told first: the other side goes to work when this hook ends, however long it waits for the worker. */
function databagSteps(facts: Facts, { databags, makeNonce }: Desired): Step[] {
  const open = databags.filter((write) => !facts.done.written.includes(databagTag(write)));
  return [
    ...(makeNonce ? [{ do: 'make-nonce' } as const] : []),
    ...open.map((write): Step => ({ do: 'relation-set', write })),
  ];
}

function workloadSteps(facts: Facts, desired: Desired, seen: Outlook): Step[] {
  const add: Step[] = seen.planned ? [] : [{ do: 'add-layer', layer: seen.layer, tag: seen.layerTag }];
  // While an earlier change still drains the worker, Pebble would refuse to stop it a second time.
  const { changes } = seen.workload;
  const busy = changes.known && changes.value.some((change) => !change.ready);
  const replan = !busy && (desired.start || seen.replan);
  // Files first: the process that starts next reads them. New ones wait until an earlier change is through.
  const files = busy || seen.files.written ? [] : fileSteps(facts, seen, replan);
  return [...files, ...add, ...(replan ? [{ do: 'replan', service: seen.serviceTag } as const] : [])];
}

/** Files that have changed under a running process are told to it, as the option `tls-rotation` has it. */
function fileSteps(facts: Facts, { files, settings, state }: Outlook, replan: boolean): Step[] {
  const write: Step = { do: 'write-files', files: files.wanted, tag: files.tag };
  const rotated = facts.memory.files !== null && files.tag !== null && facts.memory.files !== files.tag;
  const tell = rotated && !replan && (state.kind === 'running' || state.kind === 'backing off');
  if (!tell || settings.tlsRotation === 'none') return [write];
  return [write, settings.tlsRotation === 'restart' ? { do: 'restart' } : { do: 'signal', signal: 'SIGHUP' }];
}

/** Once before a wait, and at once when the unit would go on claiming to be active. */
function interimStatus(facts: Facts, desired: Desired): Step[] {
  if (desired.status === null || desired.status.name === 'active' || facts.done.statuses > 0) return [];
  return statusStep(facts, desired.status);
}

function closingSteps(facts: Facts, desired: Desired, seen: Outlook | null): Step[] {
  const memory = nextMemory(facts, desired, seen);
  // Of a unit that never got as far as its worker nothing is told.
  const silent = facts.leaving || (seen === null && facts.metrics === '');
  const metrics = silent ? facts.metrics : renderMetrics(facts, desired, seen);
  const remembered = renderMemory(memory) === renderMemory(facts.stored) && metrics === facts.metrics;
  return [
    ...desired.notes.map((message): Step => ({ do: 'log', level: 'INFO', message })),
    ...desired.warnings.map((message): Step => ({ do: 'log', level: 'WARNING', message })),
    ...lookAgainStep(facts, desired),
    ...(remembered ? [] : [{ do: 'state-set', memory, metrics } as const]),
    ...(desired.status === null ? [] : statusStep(facts, desired.status)),
  ];
}

function statusStep(facts: Facts, status: UnitStatus): Step[] {
  const same = facts.status.name === status.name && facts.status.message === status.message;
  return same ? [] : [{ do: 'status-set', status }];
}

function lookAgainStep(facts: Facts, desired: Desired): Step[] {
  const state = facts.workload.known ? facts.workload.value.checks[lookAgainCheck] : undefined;
  if (desired.lookAgain === null || state === undefined) return [];
  const runs = state !== 'inactive';
  if (runs === desired.lookAgain) return [];
  return [{ do: desired.lookAgain ? 'start-check' : 'stop-check', check: lookAgainCheck }];
}
