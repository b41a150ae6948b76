import { expect, test } from 'vitest';
import { outlook } from '../../../charm/outlook.ts';
import { renderMetrics } from '../../../charm/own-metrics.ts';
import { reconcile } from '../../../charm/reconcile.ts';
import type { Facts } from '../../../charm/types.ts';
import { ago, facts, now, running } from './facts.ts';

const since = ago(5000);
const confirmed = { since, at: now - 1000, why: '' };

function told(of: Facts): Record<string, Record<string, number>> {
  const seen = outlook(of);
  const read: Record<string, { values: { labels: Record<string, string>; value: number }[] }> = JSON.parse(
    renderMetrics(of, reconcile(of, seen), seen),
  );
  return Object.fromEntries(
    Object.entries(read).map(([name, { values }]) => [
      name,
      Object.fromEntries(values.map(({ labels, value }) => [Object.values(labels).join(), value])),
    ]),
  );
}

test.each([
  { name: 'seen', unit: running({ since, memory: { confirmed: { ...confirmed, verified: true } } }) },
  { name: 'unknown', unit: running({ since, memory: { confirmed: { ...confirmed, verified: false } } }) },
  {
    name: 'not seen',
    unit: running({ since, server: { outcome: 'answered', pollers: [], began: now - 10, ended: now } }),
  },
  { name: 'unknown', unit: running({ since, server: { outcome: 'unreachable', why: 'refused' } }) },
  { name: 'not seen', unit: facts() },
  { name: 'unknown', unit: facts({ workload: { known: false, why: 'nobody answers' } }) },
])('tells poller evidence "$name" as a metric', ({ name, unit }) => {
  const values = { seen: 0, 'not seen': 0, unknown: 0 };
  expect(told(unit)).toEqual({ temporal_worker_poller_evidence: { ...values, [name]: 1 } });
});

test('tells when the certificates end that it could read, and of the others nothing', () => {
  const client = { kind: 'good', ends: Date.parse('2027-01-01T00:00:00Z') } as const;
  const unit = facts({ certificates: { of: '', client, ca: { kind: 'broken', why: 'no PEM' } } });
  expect(told(unit)).toMatchObject({ temporal_worker_certificate_expiry_timestamp_seconds: { client: 1798761600 } });
});
