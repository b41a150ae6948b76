import { evidence } from './evidence.ts';
import type { Outlook } from './outlook.ts';
import type { Desired, Facts } from './types.ts';

/**
 * Key of the unit's state in Juju under which it keeps what it has to tell as metrics. The local controller serves them;
 * Juju just keeps them. The text is JSON: metric -> help and values with labels (docs/reference/controller-metrics.md).
 */
export const metricsKey = 'metrics';

type Values = readonly { readonly labels: Readonly<Record<string, string>>; readonly value: number }[];

const evidences = ['seen', 'not seen', 'unknown'] as const;

/** What the unit tells about itself, as the text that it keeps. Equal facts give an equal text. */
export function renderMetrics(facts: Facts, desired: Desired, seen: Outlook | null): string {
  const found = pollerEvidence(facts, desired, seen);
  return JSON.stringify({
    temporal_worker_poller_evidence: {
      help: 'Whether the running worker was seen polling its queue: 1 for the answer that holds.',
      values: evidences.map((each) => ({ labels: { evidence: each }, value: each === found ? 1 : 0 })),
    },
    ...certificates(facts),
  });
}

function pollerEvidence(facts: Facts, { memory }: Desired, seen: Outlook | null): (typeof evidences)[number] {
  if (memory.confirmed !== null) return memory.confirmed.verified ? 'seen' : 'unknown';
  if (seen === null) return 'unknown';
  if (seen.state.kind !== 'running') return 'not seen';
  const { kind } = evidence(facts, seen.state.since);
  return kind === 'not seen' || kind === 'namespace not found' ? 'not seen' : 'unknown';
}

function certificates({ certificates: known }: Facts) {
  const values: Values = Object.entries({ client: known?.client, 'server-ca': known?.ca }).flatMap(([name, fact]) =>
    fact?.kind === 'good' ? [{ labels: { certificate: name }, value: Math.floor(fact.ends / 1000) }] : [],
  );
  if (values.length === 0) return {};
  const help = 'When a certificate of the TLS secret ends, in seconds since 1970.';
  return { temporal_worker_certificate_expiry_timestamp_seconds: { help, values } };
}
