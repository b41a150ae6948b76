import { applicationLabels, charmName, type Topology } from '../topology.ts';
import { type Alert, alerts } from './alerts.ts';

type Labels = Readonly<Record<string, string>>;

/** Rule groups as Prometheus reads them, from a file as from a databag. */
export type RuleGroups = {
  readonly groups: readonly { readonly name: string; readonly rules: readonly Rule[] }[];
};

type Rule = {
  readonly alert: string;
  readonly expr: string;
  readonly for: string;
  readonly labels: Labels;
  readonly annotations: Labels;
};

/** The rules of one application: its topology stands in their labels and in every selector, as the Python library puts it there. */
export function alertRules(topology: Topology): RuleGroups {
  const labels = { ...applicationLabels(topology), juju_charm: charmName };
  const matchers = Object.entries(applicationLabels(topology)).map(
    ([name, value]) => `${name}=${JSON.stringify(value)}`,
  );
  const rules = alerts({ matchers: matchers.join(','), range: '5m' }).map((alert) => rule(alert, labels));
  return { groups: [{ name: groupName(topology), rules }] };
}

function rule({ name, expr, lasts, severity, summary, description }: Alert, labels: Labels): Rule {
  return { alert: name, expr, for: lasts, labels: { severity, ...labels }, annotations: { summary, description } };
}

/** With the beginning of the model's UUID and this ending libraries take it for unique, and leave it as it is. */
function groupName({ model, modelUuid, application }: Topology): string {
  return `${model}_${modelUuid.slice(0, 8)}_${application}_worker_rules`.replaceAll(/[^\w:]/g, '_');
}
