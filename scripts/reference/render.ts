import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { MetricRow } from '../../src/controller/metrics/table.ts';

interface OptionEntry {
  readonly type?: string;
  readonly default?: string | number | boolean;
  readonly description?: string;
}

interface ActionEntry {
  readonly description?: string;
  readonly params?: Readonly<Record<string, { readonly type?: string; readonly description?: string }>>;
  readonly required?: readonly string[];
}

/** The generated pages of docs/reference: path -> text. They are made from the files that the programs themselves read. */
export async function renderReference(): Promise<Record<string, string>> {
  const [{ hookCommandTable }, { workerMetricsPage }, { alertsPage }] = await Promise.all([
    import('../../src/controller/hook/table.ts'),
    import('./worker-metrics-page.ts'),
    import('./alerts-page.ts'),
  ]);
  const { metrics } = await import('../../src/controller/metrics/table.ts');
  return {
    'docs/reference/options.md': optionsPage(parse(readFileSync('config.yaml', 'utf8')).options),
    'docs/reference/actions.md': actionsPage(parse(readFileSync('actions.yaml', 'utf8'))),
    'docs/reference/hook-commands.md': hookCommandsPage(hookCommandTable),
    'docs/reference/alerts.md': page(...alertsPage()),
    'docs/reference/metrics.md': page(...workerMetricsPage()),
    'docs/reference/controller-metrics.md': metricsPage(metrics),
  };
}

function optionsPage(options: Readonly<Record<string, OptionEntry>>): string {
  const rows = Object.entries(options)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(
      ([name, option]) =>
        `| \`${name}\` | ${option.type ?? 'string'} | ${shown(option.default)} | ${oneLine(option.description)} |`,
    );
  return page('Configuration options', 'config.yaml', [
    '| option | type | default | meaning |',
    '|---|---|---|---|',
    ...rows,
  ]);
}

function actionsPage(actions: Readonly<Record<string, ActionEntry>>): string {
  const rows = Object.entries(actions).map(([name, action]) => {
    const params = Object.entries(action.params ?? {}).map(
      ([key, param]) =>
        `\`${key}\`${action.required?.includes(key) ? '' : ' (optional)'}: ${oneLine(param.description)}`,
    );
    return `| \`${name}\` | ${params.join('<br>') || '–'} | ${oneLine(action.description)} |`;
  });
  return page('Actions', 'actions.yaml', ['| action | parameters | what it does |', '|---|---|---|', ...rows]);
}

function hookCommandsPage(
  table: readonly { readonly name: string; readonly complete: boolean; readonly note: string }[],
): string {
  const rows = table.map((row) => `| \`${row.name}\` | ${row.complete ? 'complete' : 'partial'} | ${row.note} |`);
  return page('Hook commands of the local controller', 'src/controller/hook/table.ts', [
    '| command | | note |',
    '|---|---|---|',
    ...rows,
  ]);
}

function metricsPage(table: Readonly<Record<string, MetricRow>>): string {
  const rows = Object.entries(table).map(([name, { type, labels, help }]) => {
    const named = labels.map((label) => `\`${label}\``).join(' ');
    return `| \`${name}\` | ${type} | ${named || '–'} | ${help} |`;
  });
  return page('Metrics of the local controller', 'src/controller/metrics/table.ts', [
    'The controller serves these at `http://127.0.0.1:<port>/metrics`, to its own machine alone; `charmlet show-controller`',
    'tells the port. It is a free one, which is kept; `CHARMLET_METRICS_PORT` in the environment of the controller names',
    'another one, or `off`. Nothing in them is secret. A related `prometheus-k8s` scrapes them by itself.',
    '',
    '| metric | type | labels | meaning |',
    '|---|---|---|---|',
    ...rows,
    '',
    '## What a charm tells',
    'A charm may add gauges of its own: the JSON text that a unit keeps in its state under `metrics`. To Juju it is state',
    "like any other. The unit's five `juju_` labels are added. At most 100 values a unit; names that begin with",
    '`charmlet_`, `process_` or `nodejs_`, and labels that begin with `juju_`, are refused.',
    '```',
    `state-set 'metrics={"my_jobs": {"help": "Jobs by kind.", "values": [{"labels": {"kind": "mail"}, "value": 3}]}}'`,
    '```',
    'The charm `temporal-worker-k8s` tells:',
    '',
    '| metric | labels | meaning |',
    '|---|---|---|',
    '| `temporal_worker_poller_evidence` | `evidence` | 1 for the one of `seen`, `not seen`, `unknown` that holds of the running worker, 0 for the others |',
    '| `temporal_worker_certificate_expiry_timestamp_seconds` | `certificate` | when a certificate of the TLS secret (`client`, `server-ca`) ends, in seconds since 1970 |',
  ]);
}

function page(title: string, source: string, lines: readonly string[]): string {
  return [`# ${title}`, '', `Made from \`${source}\` by \`npm run docs\`.`, '', ...lines, ''].join('\n');
}

function shown(value: string | number | boolean | undefined): string {
  return value === undefined ? 'none' : `\`${JSON.stringify(value)}\``;
}

function oneLine(text: string | undefined): string {
  return (text ?? '').trim().replace(/\s+/g, ' ').replaceAll('|', '\\|');
}
