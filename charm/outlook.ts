import { configProblems, readSettings, type Settings } from './config.ts';
import { confirmation } from './confirmation.ts';
import { workerIdentity } from './identity.ts';
import { layer, planHolds, sameService, serviceName } from './layer.ts';
import { type ServiceState, serviceState } from './service-state.ts';
import { tag } from './tag.ts';
import type { Confirmation, Facts, Layer, Workload } from './types.ts';

/** What follows from the facts of a unit whose container answers and whose options are in order; worked out once a look. */
export interface Outlook {
  readonly settings: Settings;
  readonly workload: Workload;
  readonly state: ServiceState;
  /** The confirmation of the process that runs now; null when none runs or nothing confirms it. */
  readonly confirmed: Confirmation | null;
  readonly layer: Layer;
  readonly layerTag: string;
  /** Tag of what a change of restarts the worker. */
  readonly serviceTag: string;
  /** The layer is the one that was applied last, and the plan still the one that came of it: neither need be read. */
  readonly settled: boolean;
  /** The plan has the layer; true as well once this dispatch has added it, whatever other layers make of it. */
  readonly planned: boolean;
  /** A replan should follow, because the service is another one than was last brought about, or others changed the plan. */
  readonly replan: boolean;
}

/** Null when there is nothing to look out for: the unit is leaving, its container does not answer, its options have problems. */
export function outlook(facts: Facts): Outlook | null {
  if (facts.leaving || !facts.workload.known || facts.done.refused !== null) return null;
  if (configProblems(facts.config).length > 0) return null;
  const settings = readSettings(facts.config);
  const workload = facts.workload.value;
  const state = serviceState(workload);
  const confirmed = state.kind === 'running' ? confirmation(facts, settings, state.since) : null;
  const { config, proxies } = facts;
  const wanted = layer({ config, settings, proxies, identity: workerIdentity(facts), confirmation: confirmed });
  return { settings, workload, state, confirmed, layer: wanted, ...planOutlook(facts, workload, wanted) };
}

function planOutlook(facts: Facts, workload: Workload, wanted: Layer) {
  const service = wanted.services[serviceName];
  const serviceTag = tag({ ...service, 'kill-delay': '' });
  const layerTag = tag([serviceTag, service?.['kill-delay'], wanted.checks]);
  const { applied } = facts.memory;
  const settled = applied !== null && applied.layer === layerTag && applied.plan === workload.planTag;
  const plan = workload.plan.known ? workload.plan.value : null;
  const planned = settled || facts.done.layer === layerTag || (plan !== null && planHolds(plan, wanted));
  // What was brought about is remembered only when a hook succeeds, so that a dispatch which died is made good.
  const asBefore =
    applied?.service === serviceTag && (plan === null || sameService(plan.services[serviceName], service));
  return { layerTag, serviceTag, settled, planned, replan: facts.done.service !== serviceTag && !asBefore };
}
