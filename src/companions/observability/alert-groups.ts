import { createHash } from 'node:crypto';
import { isObject, type JsonObject, parseDatabagJson } from './databag-json.ts';
import type { Related } from './related.ts';
import { identifierOf, parseTopology, type Topology, topologyLabels } from './topology.ts';

/** The alert groups that one relation brings. */
export interface AlertGroups {
  /** Name of the rules file, without its directory and ending. */
  readonly file: string;
  readonly groups: readonly AlertGroup[];
  /** What could not be read, each with the group's name where it has one. */
  readonly problems: readonly string[];
}

export interface AlertGroup {
  readonly name: string;
  readonly rules: readonly JsonObject[];
}

/** Reads `alert_rules` of an application's databag. `metadataKey` is where its topology is. Never throws. */
export function readAlertGroups(related: Related, metadataKey: 'scrape_metadata' | 'metadata'): AlertGroups {
  const { value, problem } = parseDatabagJson(related.bag.alert_rules);
  const groups = isObject(value) ? (value.groups ?? []) : [];
  const own = parseTopology(parseDatabagJson(related.bag[metadataKey]).value);
  const file = fileName(topologyIn(groups) ?? own, related);
  if (problem) return { file, groups: [], problems: [`alert_rules: ${problem}`] };
  if (value !== undefined && !isObject(value)) return { file, groups: [], problems: ['alert_rules: no JSON object'] };
  if (!Array.isArray(groups)) return { file, groups: [], problems: ['alert_rules: "groups" is no list'] };
  const read = groups.map((group, index) => readGroup(group, index, own));
  const names = read.map(({ group }) => group?.name);
  return {
    file,
    groups: read.flatMap(({ group }, index) => (group && names.indexOf(group.name) === index ? [group] : [])),
    problems: read.flatMap(({ group, problem: why }, index) => {
      if (why) return [why];
      return names.indexOf(group?.name) === index ? [] : [`group "${group?.name}": there is another one of that name`];
    }),
  };
}

function readGroup(
  group: unknown,
  index: number,
  own: Topology | undefined,
): { readonly group?: AlertGroup; readonly problem?: string } {
  if (!isObject(group) || typeof group.name !== 'string' || group.name === '') {
    return { problem: `alert_rules: group ${index + 1} has no name` };
  }
  const { name, rules } = group;
  if (!Array.isArray(rules) || rules.length === 0 || !rules.every(isObject)) {
    return { problem: `group "${name}": "rules" is no list of rules` };
  }
  const broken = rules.find(({ expr }) => typeof expr !== 'string' && typeof expr !== 'number');
  if (broken) return { problem: `group "${name}": a rule has no "expr"` };
  return { group: { ...group, name, rules: rules.map((rule) => withTopology(rule, own)) } };
}

/**
 * Puts a topology where the rule's author left a mark for it: that of the rule's labels, as the library does, or its
 * application's own, or the rule would be about everybody's series.
 */
function withTopology(rule: JsonObject, own: Topology | undefined): JsonObject {
  const expr = String(rule.expr);
  if (!expr.includes('%%juju_topology%%')) return { ...rule, expr };
  const labels = { ...(own && topologyLabels(own)), ...(isObject(rule.labels) ? rule.labels : {}) };
  const matchers = ['juju_model', 'juju_model_uuid', 'juju_application']
    .filter((label) => typeof labels[label] === 'string')
    .map((label) => `${label}=${JSON.stringify(labels[label])}`)
    .join(', ');
  const filled = expr.replaceAll(/%%juju_topology%%(\s*,\s*)?/g, (_mark, comma) =>
    matchers === '' ? '' : matchers + (comma ?? ''),
  );
  return { ...rule, expr: filled };
}

/** The topology in the labels of the first rule that has one. */
function topologyIn(groups: unknown): Topology | undefined {
  if (!Array.isArray(groups)) return undefined;
  for (const group of groups) {
    const rule: unknown = isObject(group) && Array.isArray(group.rules) ? group.rules[0] : undefined;
    const labels = isObject(rule) && isObject(rule.labels) ? rule.labels : {};
    const found = parseTopology({
      model: labels.juju_model,
      model_uuid: labels.juju_model_uuid,
      application: labels.juju_application,
    });
    if (found) return found;
  }
  return undefined;
}

/** What comes from a databag must not name a place outside the directory, nor be longer than a file name may be. */
function fileName(topology: Topology | undefined, { id, application }: Related): string {
  const [endpoint, number] = id.split(':');
  const name = `${topology ? identifierOf(topology) : application}_${endpoint}_${number}`;
  const safe = name.replaceAll(/[^\w.-]/g, '_');
  if (safe.length <= 200) return safe;
  return `${safe.slice(0, 150)}_${createHash('sha256').update(name).digest('hex').slice(0, 16)}_${number}`;
}
