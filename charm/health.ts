import { environment } from './environment/environment.ts';
import { environmentFacts } from './environment/facts.ts';
import { workerIdentity } from './identity.ts';
import type { Inputs } from './inputs.ts';
import { reveal } from './secret.ts';
import type { Facts } from './types.ts';

/** Where the worker was told to serve its health, seen from the charm, which shares its network; null: nowhere. */
export function healthPlace(facts: Facts, inputs: Inputs): { readonly host: string; readonly port: number } | null {
  const variables = environment(environmentFacts(facts, inputs));
  const told = (name: string) => reveal(variables[name] ?? '').trim();
  const [, own = '127.0.0.1'] = /^(127\.[\d.]+):/.exec(told('TEMPORAL_PROMETHEUS_BIND_ADDRESS')) ?? [];
  const address = told('TEMPORAL_WORKER_HEALTH_ADDRESS') || told('TWC_WORKLOAD_PROMETHEUS_PORT');
  const [, host, port] = /^(?:(.*):|:)?(\d{1,5})$/s.exec(address) ?? [];
  if (port === undefined) return null;
  return { host: reachable((host ?? '').replace(/^\[|\]$/g, '')) || own, port: Number(port) };
}

/** Who listens on all addresses is found at the machine's own. */
function reachable(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  return host === '::' ? '::1' : host;
}

/**
 * The worker's own word on whether it polls; null when it said nothing that counts. On one machine the page may be that
 * of another unit, and after a restart of a process that is about to end: only the process that runs since then counts.
 */
export function ownWord(facts: Facts, since: string): { readonly polls: boolean; readonly why: string } | null {
  const { health } = facts;
  if (health.outcome !== 'answered' || health.polls === null) return null;
  const ours = health.identity === workerIdentity(facts) && health.startedAt >= Date.parse(since);
  return ours ? { polls: health.polls, why: health.why } : null;
}
