import type { Settings } from './config.ts';
import { parseDuration, renderDuration } from './duration.ts';
import { type EnvironmentFacts, environment, stopTimeoutVariable } from './environment/environment.ts';
import { reveal, type Text } from './secret.ts';
import type { CheckPlan, Confirmation, Layer, Plan, ServicePlan } from './types.ts';

/** Name of the container, of its layer and of its service. */
export const serviceName = 'temporal-worker';
/** Where the worker's command must be, seen from the root of the workload. */
export const startScript = '/app/scripts/start-worker.sh';

export const lookAgainCheck = 'look-again';
export const workerUpCheck = 'worker-up';

/** Key of the notice by which the unit's own tick comes back to the charm as an event. */
const lookAgainNotice = 'temporal-worker.charm/look-again';

/** Juju puts the workload's Pebble here in every container. */
const pebble = '/charm/bin/pebble';

/** Succeeds while the service runs as the very process that was confirmed, so that every restart becomes a failure. */
const workerUpScript = `case "$("$0" services --abs-time ${serviceName})" in *" active "*"$1"*) ;; *) exit 1 ;; esac`;

/** The charm's layer. The confirmation stands in it, so that a plan tells which process the status speaks of. */
export function layer(facts: EnvironmentFacts & { readonly confirmation: Confirmation | null }): Layer {
  return {
    summary: 'temporal worker layer',
    services: { [serviceName]: service(facts, facts.settings) },
    checks: {
      [lookAgainCheck]: check({ startup: 'disabled', period: '5s', command: `${pebble} notify ${lookAgainNotice}` }),
      [workerUpCheck]: check({
        startup: facts.confirmation === null ? 'disabled' : 'enabled',
        period: '2s',
        command: `sh -c '${workerUpScript}' ${pebble} ${wholeSeconds(facts.confirmation?.since ?? 'none')}`,
      }),
    },
  };
}

/** True when a combined plan has everything of the layer. Other services and checks are none of our business. */
export function planHolds(plan: Plan, wanted: Layer): boolean {
  const services = Object.entries(wanted.services).every(([name, entry]) => {
    const planned = plan.services[name];
    const delay = sameDuration(planned?.['kill-delay'] ?? '', entry['kill-delay']);
    return sameService(planned, entry) && delay && sameText(stopTimeout(planned), stopTimeout(entry));
  });
  return services && Object.entries(wanted.checks).every(([name, entry]) => sameCheck(plan.checks[name], entry));
}

/**
 * True when the plan's service runs as the layer's does. The override tells how it came there and does not count, nor
 * does the kill-delay, also as the worker is told it: options of the charm's own restart no worker.
 */
export function sameService(planned: ServicePlan | undefined, wanted: ServicePlan | undefined): boolean {
  if (planned === undefined || wanted === undefined) return planned === wanted;
  const fields = (['summary', 'command', 'startup'] as const).every((field) => planned[field] === wanted[field]);
  const [was, is] = [restarting(planned), restarting(wanted)];
  const names = Object.keys(was);
  return fields && names.length === Object.keys(is).length && names.every((name) => sameText(was[name], is[name]));
}

/** The variables that a worker is restarted for. */
export function restarting(service: ServicePlan): ServicePlan['environment'] {
  const { [stopTimeoutVariable]: _, ...others } = service.environment;
  return others;
}

function stopTimeout(service: ServicePlan | undefined): Text {
  return service?.environment[stopTimeoutVariable] ?? '';
}

function sameText(one: Text | undefined, other: Text | undefined): boolean {
  return one !== undefined && other !== undefined && reveal(one) === reveal(other);
}

function sameCheck(planned: CheckPlan | undefined, wanted: CheckPlan): boolean {
  return (
    planned !== undefined &&
    planned.startup === wanted.startup &&
    planned.threshold === wanted.threshold &&
    planned.exec.command === wanted.exec.command &&
    sameDuration(planned.period, wanted.period)
  );
}

function sameDuration(one: string, other: string): boolean {
  return parseDuration(one) === parseDuration(other);
}

function service(facts: EnvironmentFacts, settings: Settings): ServicePlan {
  return {
    override: 'replace',
    summary: 'temporal worker',
    command: `.${startScript}`,
    startup: 'enabled',
    environment: environment(facts),
    'kill-delay': renderDuration(settings.stopTimeoutMs),
  };
}

function check(of: { readonly startup: string; readonly period: string; readonly command: string }): CheckPlan {
  return { override: 'replace', startup: of.startup, period: of.period, threshold: 1, exec: { command: of.command } };
}

/** `pebble services --abs-time` prints whole seconds. */
function wholeSeconds(since: string): string {
  return since.replace(/\.\d+/, '').replace(/\+00:00$/, 'Z');
}
