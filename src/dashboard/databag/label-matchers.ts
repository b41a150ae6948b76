import { parser } from '@prometheus-io/lezer-promql';
import { type Json, list, record, text } from '../grafana/json.ts';
import { dataSourceVariables } from './dropdowns.ts';

/**
 * Narrows each Prometheus query of the dashboard's panels by the topology variables, `juju_model=~"$juju_model"` and so
 * on, as the real charm does with cos-tool: without it the dropdowns would change nothing. `labels` are the keys of the
 * topology, `model` and so on. A label that a selector names already is left as it is.
 */
export function injectLabels(dashboard: Json, labels: readonly string[]): Json {
  if (labels.length === 0 || !('panels' in dashboard)) return dashboard;
  const names = labels.map((label) => `juju_${label}`);
  return { ...dashboard, panels: list(dashboard.panels).map((panel) => narrowed(panel, names)) };
}

function narrowed(panel: unknown, names: readonly string[]): unknown {
  const { targets, datasource, panels } = record(panel);
  const inner = list(panels).length > 0 ? { panels: list(panels).map((one) => narrowed(one, names)) } : {};
  const source = typeof datasource === 'string' ? datasource : text(record(datasource).uid);
  if (source !== dataSourceVariables.prometheus || !Array.isArray(targets)) {
    return list(panels).length > 0 ? { ...record(panel), ...inner } : panel;
  }
  const changed = targets.map((target) => {
    const { expr } = record(target);
    return typeof expr === 'string' ? { ...record(target), expr: withMatchers(expr, names) } : target;
  });
  return { ...record(panel), ...inner, targets: changed };
}

/** The expression with `name=~"$name"` in each selector; as it is where it cannot be read. */
export function withMatchers(expr: string, names: readonly string[]): string {
  // Variables of Grafana's where a duration has to be are no PromQL: durations of the same length stand in for them.
  const readable = expr.replaceAll(/\$(?:\w+|\{[^}]*\})(?=\s*[\]:])|(?<=[[:]\s*)\$(?:\w+|\{[^}]*\})/g, (variable) =>
    '1y'.padStart(variable.length, '0'),
  );
  const tree = parser.parse(readable);
  const insertions: { readonly at: number; readonly text: string }[] = [];
  let broken = false;
  tree.iterate({
    enter({ type, node, to }) {
      if (type.isError) broken = true;
      if (type.name !== 'VectorSelector') return;
      const matchers = node.getChild('LabelMatchers');
      const written = matchers ? expr.slice(matchers.from, matchers.to) : '';
      const added = names
        .filter((name) => !new RegExp(`(^|[{,\\s])${name}\\s*(=|!)`).test(written))
        .map((name) => `${name}=~"$${name}"`)
        .join(',');
      if (added === '') return;
      if (!matchers) insertions.push({ at: to, text: `{${added}}` });
      else {
        const inside = written.slice(1, -1).trim();
        const comma = inside === '' || inside.endsWith(',') ? '' : ',';
        insertions.push({ at: matchers.to - 1, text: `${comma}${added}` });
      }
    },
  });
  if (broken) return expr;
  return insertions
    .sort((a, b) => b.at - a.at)
    .reduce((text, { at, text: added }) => text.slice(0, at) + added + text.slice(at), expr);
}
