import { rows } from '../../charm/dashboards/panels.ts';
import { type MetricRow, metrics } from '../../charm/metrics/metrics-table.ts';

/** The page about the metrics that the dashboard asks for: title, source and lines. */
export function workerMetricsPage(): [string, string, string[]] {
  const lines = Object.values<MetricRow>(metrics).map((metric) =>
    [
      '',
      ` \`${metric.name}\` `,
      ` ${metric.kind} `,
      ` ${labels(metric)} `,
      ` ${metric.meaning} `,
      ` ${panels(metric)} `,
      '',
    ].join('|'),
  );
  return [
    'Metrics of a worker',
    'charm/metrics/metrics-table.ts',
    [
      'What the dashboard "Temporal Worker SDK Metrics" and the alerts ask for. The names are those that the SDKs for TypeScript,',
      'Python, .NET and Ruby have by default. A counter may as well end in `_total`, and a histogram in its unit, `_seconds` or',
      '`_milliseconds`, before `_bucket`, `_sum` and `_count`: queries match both. A histogram without a unit in its name counts',
      'milliseconds. Every series has the labels `juju_model`, `juju_model_uuid`, `juju_application`, `juju_charm` and',
      '`juju_unit`, and what the worker tells has `namespace`.',
      '',
      '| metric | kind | further labels | meaning | panels |',
      '|---|---|---|---|---|',
      ...lines,
    ],
  ];
}

function labels({ labels: all }: MetricRow): string {
  return all.length === 0 ? '–' : all.map((label) => `\`${label}\``).join(', ');
}

function panels({ name }: MetricRow): string {
  const asks = new RegExp(`\\b${name}(_total|(_milli|_)?seconds)?(_bucket)?\\{`);
  const found = rows().flatMap((row) =>
    row.panels.filter(({ queries }) => queries.some(({ expr }) => asks.test(expr))),
  );
  return found.map(({ title }) => title).join('<br>') || '–';
}
