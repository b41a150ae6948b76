import { emptyMemory } from '../../../charm/memory.ts';
import { outlook } from '../../../charm/outlook.ts';
import { renderMetrics } from '../../../charm/own-metrics.ts';
import { reconcile } from '../../../charm/reconcile.ts';
import { noRelations } from '../../../charm/relations/facts.ts';
import { nextMemory } from '../../../charm/steps.ts';
import type {
  ChangeFact,
  Config,
  Facts,
  Memory,
  ServerAnswer,
  ServiceFact,
  Workload,
  WorkloadPlan,
} from '../../../charm/types.ts';

export const now = Date.parse('2026-11-21T10:00:00Z');
const unknown = { known: false, why: 'not read' } as const;

/** Options as `config-get` prints them for a unit that has all it needs. */
export function config(over: Config = {}): Config {
  return {
    'log-level': 'info',
    host: 'temporal.example:7233',
    namespace: 'default',
    queue: 'q1',
    'sentry-dsn': '',
    'sentry-redact-params': false,
    'sentry-sample-rate': 1,
    'auth-provider': '',
    'oidc-auth-type': 'service_account',
    'stop-timeout': '30s',
    'start-timeout': '15s',
    'poller-evidence': 'auto',
    ...over,
  };
}

/** A container that answers and has an empty plan. */
export function workload(over: Partial<Workload> = {}): Workload {
  return {
    planTag: 'empty',
    plan: { known: true, value: { services: {}, checks: {}, logTargets: {} } },
    service: null,
    checks: {},
    changes: unknown,
    files: unknown,
    script: unknown,
    processes: unknown,
    takenPort: unknown,
    ...over,
  };
}

const memory: Memory = { ...emptyMemory, address: '' };

/** A unit on whose config and container nothing is wrong and nothing was done yet. */
export function facts(over: Partial<Facts> = {}): Facts {
  return {
    now,
    dispatchBegan: now,
    unit: 'worker/0',
    model: 'm',
    modelUuid: 'cdac5656-2423-4388-8f30-41854b4cca7d',
    leader: true,
    leaving: false,
    config: config(),
    environment: null,
    secrets: {},
    certificates: null,
    relations: noRelations,
    vault: {},
    status: { name: 'waiting', message: 'installing agent' },
    memory,
    stored: memory,
    metrics: '',
    proxies: { http: '', https: '', no: '' },
    workload: { known: true, value: workload() },
    server: { outcome: 'not asked' },
    health: { outcome: 'not asked' },
    database: { outcome: 'not asked' },
    done: {
      layer: null,
      service: null,
      files: null,
      forwarding: null,
      written: [],
      disturbed: false,
      statuses: 0,
      refused: null,
    },
    ...over,
  };
}

/** A time before `now`, as Pebble prints it. */
export function ago(ms: number): string {
  return new Date(now - ms).toISOString();
}

/** A unit that has applied its layer and whose service runs since then; `over` changes it from there on. */
export function running(of: {
  since: string;
  config?: Config;
  memory?: Partial<Memory>;
  server?: ServerAnswer;
  over?: Partial<Facts>;
}): Facts {
  const bare = facts({ config: of.config ?? config(), ...of.over });
  const memory = { ...bare.memory, ...of.memory };
  const wanted = withService({ ...bare, memory }, of.since);
  const seen = outlook(wanted);
  if (seen === null) throw new Error('a running unit needs a good config and a container');
  const plan: WorkloadPlan = { ...seen.layer, logTargets: {} };
  const planned = outlook(withService({ ...bare, memory }, of.since, plan));
  const applied = { layer: planned?.layerTag ?? '', service: planned?.serviceTag ?? '', plan: 'applied' };
  const remembered = { ...memory, applied };
  const server = of.server ?? { outcome: 'not asked' };
  const unit = withService({ ...bare, memory: remembered, stored: remembered, server, ...of.over }, of.since, plan);
  const told = outlook(unit);
  return { ...unit, metrics: renderMetrics(unit, reconcile(unit, told), told) };
}

/** A replan that is done. */
export function change(over: Partial<ChangeFact>): ChangeFact {
  return { id: '1', kind: 'replan', ready: true, error: '', began: now - 3000, ended: now - 2000, ...over };
}

/** A unit whose plan is in place and whose service and changes are as given. */
export function inState(over: {
  service: ServiceFact;
  changes?: readonly ChangeFact[];
  script?: Workload['script'];
  of?: Partial<Facts>;
}): Facts {
  const base = running({ since: ago(5000), ...(over.of ? { over: over.of } : {}) });
  if (!base.workload.known) throw new Error('unreachable');
  const part = {
    service: over.service,
    changes: { known: true, value: over.changes ?? [] } as const,
    ...(over.script ? { script: over.script } : {}),
  };
  return { ...base, workload: { known: true, value: { ...base.workload.value, ...part } } };
}

/** The decision and the memory that it leaves. */
export function decide(of: Facts) {
  const seen = outlook(of);
  const desired = reconcile(of, seen);
  return { desired, memory: nextMemory(of, desired, seen) };
}

function withService(of: Facts, since: string, plan?: WorkloadPlan): Facts {
  const base = of.workload.known ? of.workload.value : workload();
  const checks = { 'look-again': 'inactive', 'worker-up': 'inactive' } as const;
  const value: Workload = {
    ...base,
    planTag: 'applied',
    plan: plan === undefined ? base.plan : { known: true, value: plan },
    service: { current: 'active', since },
    checks: { ...checks, ...base.checks },
  };
  return { ...of, workload: { known: true, value } };
}
