import type { Settings } from './config.ts';
import { confirmation } from './confirmation.ts';
import { stopTimeoutVariable } from './environment/environment.ts';
import { environmentFacts } from './environment/facts.ts';
import { type Inputs, readInputs } from './inputs.ts';
import { layer, planHolds, restarting, sameService, serviceName } from './layer.ts';
import { comparable } from './secret.ts';
import { type ServiceState, serviceState } from './service-state.ts';
import { tag } from './tag.ts';
import type { Confirmation, Facts, Layer, ServicePlan, Workload } from './types.ts';

/** What follows from the facts of a unit whose container answers and whose options are in order; worked out once a look. */
export interface Outlook {
  readonly inputs: Inputs;
  readonly settings: Settings;
  readonly workload: Workload;
  readonly state: ServiceState;
  /** The confirmation of the process that runs now; null when none runs or nothing confirms it. */
  readonly confirmed: Confirmation | null;
  /** The charm's own files in the workload: which there should be, their tag, and whether they are there. */
  readonly files: {
    readonly wanted: Inputs['files'];
    readonly tag: string | null;
    readonly written: boolean;
  };
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

/** Null when there is nothing to look out for: the unit is leaving, its container does not answer, its inputs have problems. */
export function outlook(facts: Facts, inputs: Inputs = readInputs(facts)): Outlook | null {
  if (facts.leaving || !facts.workload.known || facts.done.refused !== null) return null;
  if (inputs.problems.length > 0) return null;
  const { settings } = inputs;
  const workload = facts.workload.value;
  const state = serviceState(workload);
  const confirmed = state.kind === 'running' ? confirmation(facts, settings, state.since) : null;
  const wanted = layer({ ...environmentFacts(facts, inputs), confirmation: confirmed });
  const files = filesOutlook(facts, workload, inputs.files);
  return {
    inputs,
    settings,
    workload,
    state,
    confirmed,
    layer: wanted,
    files,
    ...planOutlook(facts, workload, wanted),
  };
}

/** Files that are gone were lost with the container. */
function filesOutlook(facts: Facts, workload: Workload, wanted: Inputs['files']): Outlook['files'] {
  const filesTag = wanted.length === 0 ? null : tag(wanted.map(({ path, text }) => [path, comparable(text)]));
  const sizes = workload.files.known ? workload.files.value : {};
  const there = wanted.every(({ path }) => Object.hasOwn(sizes, path));
  const written = facts.done.files === (filesTag ?? '') || (facts.memory.files === filesTag && there);
  return { wanted, tag: filesTag, written: written || (filesTag === null && facts.memory.files === null) };
}

function planOutlook(facts: Facts, workload: Workload, wanted: Layer) {
  const service = wanted.services[serviceName];
  const lasting = service === undefined ? {} : restarting(service);
  const serviceTag = tag({ ...service, 'kill-delay': '', environment: comparableValues(lasting) });
  const told = comparable(service?.environment[stopTimeoutVariable] ?? '');
  const layerTag = tag([serviceTag, service?.['kill-delay'], told, wanted.checks]);
  const { applied } = facts.memory;
  const settled = applied !== null && applied.layer === layerTag && applied.plan === workload.planTag;
  const plan = workload.plan.known ? workload.plan.value : null;
  const planned = settled || facts.done.layer === layerTag || (plan !== null && planHolds(plan, wanted));
  // What was brought about is remembered only when a hook succeeds, so that a dispatch which died is made good.
  const asBefore =
    applied?.service === serviceTag && (plan === null || sameService(plan.services[serviceName], service));
  return { layerTag, serviceTag, settled, planned, replan: facts.done.service !== serviceTag && !asBefore };
}

/** The tag is remembered where others may read it: of a secret it has the fingerprint and nothing of the text. */
function comparableValues(environment: ServicePlan['environment']): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, comparable(value)]));
}
