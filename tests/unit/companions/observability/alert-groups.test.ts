import { expect, test } from 'vitest';
import { readAlertGroups } from '../../../../src/companions/observability/alert-groups.ts';
import { modelUuid, related } from './related.ts';

const read = (alertRules: string, more: Readonly<Record<string, string>> = {}) =>
  readAlertGroups(related({ alert_rules: alertRules, ...more }), 'scrape_metadata');
const rules = (...groups: unknown[]) => JSON.stringify({ groups });
const rule = { alert: 'Down', expr: 'up == 0', labels: { severity: 'critical' } };

test('reads the groups, and names their file after where they come from and the relation', () => {
  expect(read(rules({ name: 'g', interval: '10s', rules: [rule] }))).toEqual({
    file: 'm_20f0a416_worker_metrics-endpoint_3',
    groups: [{ name: 'g', interval: '10s', rules: [rule] }],
    problems: [],
  });
});

test('names a file that stays in its directory, whatever the databag says', () => {
  const evil = JSON.stringify({ model: '../../..', model_uuid: modelUuid, application: `/etc/${'x'.repeat(400)}` });
  const { file } = read(rules({ name: 'g', rules: [rule] }), { scrape_metadata: evil });
  expect(file).toMatch(/^[\w.-]+$/);
  expect(file.length).toBeLessThan(200);
  expect(read(rules({ name: 'g', rules: [rule] }), { scrape_metadata: 'x' }).file).toBe('worker_metrics-endpoint_3');
});

test('puts the topology of a rule where its author left room for it', () => {
  const labels = { juju_model: 'm', juju_model_uuid: modelUuid, juju_application: 'worker' };
  const group = {
    name: 'g',
    rules: [{ alert: 'A', expr: 'up{%%juju_topology%%, job="x"} + up{%%juju_topology%%}', labels }],
  };
  const matchers = `juju_model="m", juju_model_uuid="${modelUuid}", juju_application="worker"`;
  expect(read(rules(group)).groups[0]?.rules[0]?.expr).toBe(`up{${matchers}, job="x"} + up{${matchers}}`);
  const bare = { name: 'g', rules: [{ alert: 'A', expr: 'up{%%juju_topology%%, job="x"}' }] };
  expect(read(rules(bare)).groups[0]?.rules[0]?.expr).toBe(`up{${matchers}, job="x"}`);
  expect(read(rules(bare), { scrape_metadata: '{}' }).groups[0]?.rules[0]?.expr).toBe('up{job="x"}');
});

test('keeps the groups that can be read beside one that cannot', () => {
  const good = { name: 'good', rules: [rule] };
  expect(
    read(
      rules(good, { name: 'bad', rules: 'none' }, { rules: [rule] }, { name: 'odd', rules: [{ alert: 'A' }] }, good),
    ),
  ).toEqual({
    file: 'm_20f0a416_worker_metrics-endpoint_3',
    groups: [good],
    problems: [
      'group "bad": "rules" is no list of rules',
      'alert_rules: group 3 has no name',
      'group "odd": a rule has no "expr"',
      'group "good": there is another one of that name',
    ],
  });
});

test.each([
  { text: '', problems: [] },
  { text: '{}', problems: [] },
  { text: '{"groups": [', problems: ['alert_rules: no JSON'] },
  { text: '[1]', problems: ['alert_rules: no JSON object'] },
  { text: '{"groups": {"a": 1}}', problems: ['alert_rules: "groups" is no list'] },
])('reads $text as no groups', ({ text, problems }) => {
  expect(read(text)).toMatchObject({ groups: [], problems });
});
