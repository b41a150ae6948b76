import { type LogTargetPlan, logTargets } from './relations/logging.ts';
import { tag } from './tag.ts';
import { charmName, topologyOf } from './topology.ts';
import type { Facts, Memory, Step } from './types.ts';

/** Where the worker's output should go and whether the plan says so; null: that is nobody's business now. */
export interface LogForwarding {
  /** What to add to the plan: the targets, and those that are over, switched off. */
  readonly layer: Readonly<Record<string, LogTargetPlan>>;
  readonly tag: string;
  /** The plan is as it should be. */
  readonly done: boolean;
  /** The memory to keep when it is. */
  readonly memory: Memory['forwarding'];
  /** What some units of Loki told in vain, in words. */
  readonly problems: readonly string[];
}

/**
 * Log targets stand in a layer of their own, which depends on nothing but the relation: a worker whose options are
 * wrong goes on, and so does its log. The published library never switches off the last target of a relation; we do.
 */
export function logForwarding(facts: Facts): LogForwarding | null {
  const { workload, relations, memory, done } = facts;
  const { logging } = relations.observability;
  if (facts.leaving || !workload.known || (logging === null && memory.forwarding === null)) return null;
  const { targets, refused } = logTargets(logging, topologyOf(facts));
  const wanted = tag([targets, refused]);
  const { planTag, plan } = workload.value;
  const settled = memory.forwarding?.targets === wanted && memory.forwarding.plan === planTag;
  const planned = plan.known ? plan.value.logTargets : {};
  const over = Object.keys(planned).filter(
    (name) => !Object.hasOwn(targets, name) && isOurs(planned[name], facts.unit),
  );
  const holds =
    plan.known && over.length === 0 && Object.entries(targets).every(([name, each]) => same(planned[name], each));
  return {
    layer: { ...targets, ...Object.fromEntries(over.map((name) => [name, switchedOff])) },
    tag: wanted,
    done: settled || done.forwarding === wanted || holds,
    memory: logging === null ? null : { targets: wanted, plan: planTag },
    problems: refused.map(
      ({ unit, told }) =>
        `cannot forward logs to ${unit}: it told ${JSON.stringify(told)} (JSON with a url is accepted)`,
    ),
  };
}

/** Nothing can be taken out of a plan. */
const switchedOff: LogTargetPlan = {
  override: 'replace',
  type: 'loki',
  location: '(removed)',
  services: ['-all'],
  labels: {},
};

/** The step that brings the plan there, once the plan is known. */
export function forwardingSteps(facts: Facts): readonly Step[] {
  const seen = logForwarding(facts);
  return seen === null || seen.done ? [] : [{ do: 'add-log-targets', targets: seen.layer, tag: seen.tag }];
}

/** What to remember of the targets. */
export function nextForwarding(facts: Facts): Memory['forwarding'] {
  const seen = logForwarding(facts);
  return seen?.done ? seen.memory : facts.memory.forwarding;
}

/** What to tell of them, when it is news. */
export function forwardingNotes(facts: Facts): readonly string[] {
  const seen = logForwarding(facts);
  return seen === null || facts.stored.forwarding?.targets === seen.tag ? [] : seen.problems;
}

/** One that this charm made for this unit. A target that is switched off has no labels any more. */
function isOurs(target: LogTargetPlan | undefined, unit: string): boolean {
  return target?.labels.juju_unit === unit && target.labels.charm === charmName;
}

function same(planned: LogTargetPlan | undefined, wanted: LogTargetPlan): boolean {
  return planned !== undefined && tag(sorted(planned)) === tag(sorted(wanted));
}

/** Without the override, which tells how it came there; labels in the order of their names, as Pebble prints them. */
function sorted({ type, location, services, labels }: LogTargetPlan): unknown {
  return [type, location, services, Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1))];
}
