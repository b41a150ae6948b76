import { expect, test } from 'vitest';
import { alertRules } from '../../../../charm/alert-rules/alert-rules.ts';
import { alerts } from '../../../../charm/alert-rules/alerts.ts';

const topology = {
  model: 'm-1',
  modelUuid: 'cdac5656-2423-4388-8f30-41854b4cca7d',
  application: 'worker',
  unit: 'worker/0',
};

test.each(alerts({ matchers: '', range: '5m' }).map((alert) => [alert.name, alert] as const))(
  'the texts of %s name labels that its query keeps',
  (_, { expr, summary, description }) => {
    const named = [...`${summary} ${description}`.matchAll(/\$labels\.(\w+)/g)].map(([, label]) => label);
    const [, kept] = /(?:sum|max) by \(([^)]*)\)/.exec(expr.replaceAll('le, ', '')) ?? [];
    const scraped = ['juju_model', 'juju_application', 'juju_unit', 'certificate'];
    const there = kept === undefined ? scraped : kept.split(', ');
    expect(named.filter((label) => !there.includes(label ?? ''))).toEqual([]);
  },
);

test('every selector and every alert is of the one application', () => {
  const { groups } = alertRules(topology);
  expect(groups.map(({ name }) => name)).toEqual(['m_1_cdac5656_worker_worker_rules']);
  const where = `juju_model="m-1",juju_model_uuid="${topology.modelUuid}",juju_application="worker"`;
  for (const { expr, labels } of groups[0]?.rules ?? []) {
    const selectors = [...expr.matchAll(/\b(?:up|temporal_\w+)(\{[^}]*\})?/g)].map(([, matchers]) => matchers);
    expect(selectors.filter((matchers) => !matchers?.startsWith(`{${where}`))).toEqual([]);
    expect(labels).toMatchObject({ juju_model: 'm-1', juju_application: 'worker', juju_charm: 'temporal-worker-k8s' });
  }
});
