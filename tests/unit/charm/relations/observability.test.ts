import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { outlook } from '../../../../charm/outlook.ts';
import { questions } from '../../../../charm/questions.ts';
import { reconcile } from '../../../../charm/reconcile.ts';
import { type DatabagWrite, noRelations } from '../../../../charm/relations/facts.ts';
import type { LogTargetPlan } from '../../../../charm/relations/logging.ts';
import { noObservability, type ObservabilityRelations } from '../../../../charm/relations/observability.ts';
import { steps } from '../../../../charm/steps.ts';
import type { Facts } from '../../../../charm/types.ts';
import { ago, config, decide, facts, now, running, workload } from '../facts.ts';

const metadata =
  '{"model": "m", "model_uuid": "cdac5656-2423-4388-8f30-41854b4cca7d", "application": "worker", "unit": "worker/0", "charm_name": "temporal-worker-k8s"}';
const place = '{"url": "http://loki-0:3100/loki/api/v1/push"}';
const labels = {
  product: 'Juju',
  charm: 'temporal-worker-k8s',
  juju_model: 'm',
  juju_model_uuid: 'cdac5656-2423-4388-8f30-41854b4cca7d',
  juju_application: 'worker',
  juju_unit: 'worker/0',
};
const target = {
  override: 'replace',
  type: 'loki',
  location: 'http://loki-0:3100/loki/api/v1/push',
  services: ['all'],
  labels,
};
const off = { override: 'replace', type: 'loki', location: '(removed)', services: ['-all'], labels: {} };

function related(observability: Partial<ObservabilityRelations>, over: Partial<Facts> = {}): Facts {
  const relations = { ...noRelations, observability: { ...noObservability, ...observability } };
  return facts({ relations, ...over });
}

/** The bag after a write. */
function written(writes: readonly DatabagWrite[], application: boolean) {
  return writes.find((write) => write.application === application)?.data ?? {};
}

test('metrics-endpoint tells who is scraped and where, once', () => {
  const metrics = [{ id: 'metrics-endpoint:8', own: {}, unit: {} }];
  const { databags } = reconcile(related({ metrics, scrapeAddress: '127.0.1.2' }));
  expect(written(databags, true)).toEqual({
    scrape_metadata: metadata,
    scrape_jobs: '[{"metrics_path": "/metrics", "static_configs": [{"targets": ["*:9000"]}]}]',
    alert_rules: expect.stringContaining('"alert": "TemporalWorkerDown"'),
  });
  expect(written(databags, false)).toEqual({
    prometheus_scrape_unit_address: '127.0.1.2',
    prometheus_scrape_unit_name: 'worker/0',
  });
  const again = [{ id: 'metrics-endpoint:8', own: written(databags, true), unit: written(databags, false) }];
  expect(reconcile(related({ metrics: again, scrapeAddress: '127.0.1.2' })).databags).toEqual([]);
});

test('a unit that does not lead tells its address alone, and none while Juju tells none', () => {
  const metrics = [{ id: 'metrics-endpoint:8', own: null, unit: {} }];
  expect(reconcile(related({ metrics, scrapeAddress: '10.1.2.3' })).databags).toHaveLength(1);
  expect(reconcile(related({ metrics })).databags).toEqual([]);
});

test('workload-metrics-endpoint has the port of workload-prometheus-port and no rules', () => {
  const workloadMetrics = [{ id: 'workload-metrics-endpoint:9', own: {}, unit: {} }];
  const unit = related(
    { workloadMetrics, scrapeAddress: '127.0.1.2' },
    { config: config({ 'workload-prometheus-port': 9100 }) },
  );
  expect(written(reconcile(unit).databags, true)).toMatchObject({
    scrape_jobs: '[{"metrics_path": "/metrics", "static_configs": [{"targets": ["*:9100"]}]}]',
    alert_rules: '{}',
  });
});

test('workload-metrics-endpoint without a port is scraped nowhere, and the status says why', () => {
  const workloadMetrics = [{ id: 'workload-metrics-endpoint:9', own: {}, unit: {} }];
  const relations = { ...noRelations, observability: { ...noObservability, workloadMetrics } };
  const since = ago(5000);
  const confirmed = { since, at: now, verified: true, why: '' };
  const unit = running({ since, memory: { confirmed }, over: { relations } });
  expect(written(reconcile(unit).databags, true)).toMatchObject({ scrape_jobs: '[]' });
  expect(reconcile(unit).status).toEqual({
    name: 'active',
    message:
      "worker listening to namespace 'default' on queue 'q1' — workload-metrics-endpoint is related and option workload-prometheus-port not set",
  });
});

test.each([
  [9000, "another port than 9000, where the worker shows its SDK's metrics"],
  [0, 'a port from 1 to 65535'],
  [65_536, 'a port from 1 to 65535'],
  [-1, 'a port from 1 to 65535'],
])('the port %s for metrics of the workload is refused', (port, accepted) => {
  expect(reconcile(facts({ config: config({ 'workload-prometheus-port': port }) })).status).toEqual({
    name: 'blocked',
    message: `cannot use config option "workload-prometheus-port": got ${port} (${accepted})`,
  });
});

test('grafana-dashboard is sent the dashboard once, by the leader', () => {
  const { databags } = reconcile(related({ dashboards: [{ id: 'grafana-dashboard:12', own: {} }] }));
  const { dashboards = '' } = written(databags, true);
  const sent = JSON.parse(dashboards);
  const uid = createHash('shake256', { outputLength: 8 })
    .update('temporal-worker-k8s-file:temporal-monitoring.json')
    .digest('hex');
  expect(sent.templates['file:temporal-monitoring.json']).toEqual({
    charm: 'temporal-worker-k8s',
    content: expect.stringMatching(/^\/Td6WFo/),
    juju_topology: { model: 'm', model_uuid: labels.juju_model_uuid, application: 'worker', unit: 'worker/0' },
    inject_dropdowns: true,
    dashboard_alt_uid: uid,
  });
  expect(sent.uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
  const has = (own: Record<string, string> | null) =>
    reconcile(related({ dashboards: [{ id: 'grafana-dashboard:12', own }] })).databags;
  expect(has({ dashboards })).toEqual([]);
  expect(has(null)).toEqual([]);
  expect(has({ dashboards: dashboards.slice(0, 500) })).toHaveLength(1);
});

const logging = (endpoints: Record<string, string>) => ({ id: 'logging:13', endpoints, own: {} });

test('the output goes to every unit of Loki that tells a place, without a replan', () => {
  const unit = related({ logging: logging({ 'loki/0': place, 'loki/1': '', 'loki/2': '{"url": "http' }) });
  expect(reconcile(unit).databags).toEqual([
    { relationId: 'logging:13', application: true, data: { metadata, alert_rules: '{}' } },
  ]);
  const told = {
    ...unit,
    relations: {
      ...unit.relations,
      observability: {
        ...noObservability,
        logging: { ...logging({ 'loki/0': place, 'loki/2': '{"url": "http' }), own: { metadata, alert_rules: '{}' } },
      },
    },
  };
  const [first] = steps(told, reconcile(told));
  expect(first).toMatchObject({ do: 'add-log-targets', targets: { 'loki/0': target } });
  expect(reconcile(told).notes).toEqual([
    'cannot forward logs to loki/2: it told "{\\"url\\": \\"http" (JSON with a url is accepted)',
  ]);
});

test('no place is told to Loki before it has told one', () => {
  const unit = related({ logging: logging({ 'loki/0': '' }) });
  expect(reconcile(unit).databags).toEqual([]);
  expect(steps(unit, reconcile(unit)).map((step) => step.do)).not.toContain('add-log-targets');
});

/** A unit whose plan has log targets, and what it remembers of them. */
function forwarding(logTargets: Readonly<Record<string, LogTargetPlan>>, over: Partial<Facts> = {}): Facts {
  const plan = { known: true, value: { services: {}, checks: {}, logTargets } } as const;
  const base = facts();
  const memory = { ...base.memory, forwarding: { targets: 'before', plan: 'before' } };
  return facts({ memory, stored: memory, workload: { known: true, value: workload({ plan }) }, ...over });
}

test('the last target is switched off when Loki goes, and forgotten afterwards', () => {
  const unit = forwarding({ 'loki/0': target });
  const [first] = steps(unit, reconcile(unit));
  expect(first).toMatchObject({ do: 'add-log-targets', targets: { 'loki/0': off } });
  expect(decide(forwarding({ 'loki/0': off })).memory.forwarding).toBeNull();
});

test('targets that others made are left alone', () => {
  const others = { ...target, labels: { ...labels, juju_unit: 'worker/1' } };
  const unit = forwarding({ mine: others, 'loki/0': { ...target, labels: { product: 'x' } } });
  expect(steps(unit, reconcile(unit)).map((step) => step.do)).not.toContain('add-log-targets');
});

test('a worker that is blocked has its log switched on and off all the same', () => {
  const blocked = forwarding({ 'loki/0': target }, { config: config({ queue: '' }) });
  expect(outlook(blocked)).toBeNull();
  expect(steps(blocked, reconcile(blocked))[0]).toMatchObject({ do: 'add-log-targets' });
});

test('the plan is read while it is not known to have the targets, and not again afterwards', () => {
  const relations = { ...noRelations, observability: { ...noObservability, logging: logging({ 'loki/0': place }) } };
  const there = forwarding({ 'loki/0': target }, { relations });
  const { forwarding: remembered } = decide(there).memory;
  expect(remembered).toMatchObject({ plan: 'empty' });
  const memory = { ...there.memory, forwarding: remembered };
  const unread = { known: true, value: workload({ plan: { known: false, why: 'not read' } }) } as const;
  const misconfigured = config({ queue: '' });
  const asked = (unit: Facts) => questions(unit, outlook(unit), new Set());
  expect(asked({ ...there, config: misconfigured, workload: unread })).toEqual(['plan']);
  expect(asked({ ...there, config: misconfigured, memory, stored: memory, workload: unread })).toEqual([]);
});
