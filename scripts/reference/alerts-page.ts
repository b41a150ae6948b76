import { type Alert, alerts } from '../../charm/alert-rules/alerts.ts';

/** The page about the alarms that the charm brings: title, source and lines. */
export function alertsPage(): [string, string, string[]] {
  const all = alerts({ matchers: '…', range: '5m' });
  return [
    'Alerts',
    'charm/alert-rules/alerts.ts',
    [
      'What `metrics-endpoint` hands to Prometheus. The rules carry the labels `juju_model`, `juju_model_uuid`, `juju_application` and',
      '`juju_charm`, and `severity`; each alert has `juju_unit`. `…` stands for the topology of the application, so that a rule speaks of',
      'its own units alone. All of them match names of metrics with and without suffixes, see [metrics](metrics.md).',
      '',
      '| alert | severity | holds for | what it means | recommended by |',
      '|---|---|---|---|---|',
      ...all.map(row),
      ...all.flatMap(({ name, expr }) => ['', `## ${name}`, '```', expr, '```']),
    ],
  ];
}

function row({ name, severity, lasts, description, source }: Alert): string {
  const said = description
    .replaceAll(/\{\{ \$labels\.(\w+) \}\}/g, '`$1`')
    .replaceAll(/\{\{ \$value[^}]*\}\}/g, 'the time');
  return `| \`${name}\` | ${severity} | ${lasts} | ${said} | ${source === '' ? 'this charm' : `[Temporal](${source})`} |`;
}
