import { stringify } from 'yaml';
import type { AlertGroups } from '../observability/alert-groups.ts';
import { isObject } from '../observability/databag-json.ts';
import { type Topology, topologyLabels } from '../observability/topology.ts';
import { type ScrapeJob, withDistinctNames } from './scrape-jobs.ts';
import type { PrometheusSettings } from './settings.ts';

export const configurationFile = 'prometheus.yml';
export const rulesDirectory = 'rules';
export const certificatesDirectory = 'certificates';

export interface ConfigurationFacts {
  readonly settings: PrometheusSettings;
  readonly port: number;
  /** Where the files are. */
  readonly dataDir: string;
  readonly topology: Topology;
  /** Of the program: from 3 on, a target that names no format of its answer has to be told one. */
  readonly version: string;
  readonly jobs: readonly ScrapeJob[];
  readonly alerts: readonly Pick<AlertGroups, 'file' | 'groups'>[];
  readonly alertmanagers: readonly string[];
  /** Where the controller serves metrics of its own: `127.0.0.1:38123`; undefined when it does not. */
  readonly controllerMetrics: string | undefined;
}

/** All files of the server, by their path in the unit's directory: configuration, rules and certificates. */
export function renderFiles(facts: ConfigurationFacts): Record<string, string> {
  const { settings, alerts, dataDir, alertmanagers } = facts;
  const jobs = withDistinctNames(facts.jobs).map((job) => withCertificates(job, dataDir));
  const fallback = Number(facts.version.split('.')[0]) >= 3 ? { fallback_scrape_protocol: 'PrometheusText0.0.4' } : {};
  const configuration = {
    global: {
      scrape_interval: settings.scrapeInterval,
      scrape_timeout: atMost('10s', settings.scrapeInterval),
      evaluation_interval: settings.evaluationInterval,
    },
    rule_files: [`${dataDir}/${rulesDirectory}/*.rules`],
    ...(settings.exemplars > 0 && { storage: { exemplars: { max_exemplars: settings.exemplars } } }),
    ...(alertmanagers.length > 0 && { alerting: { alertmanagers: alertmanagers.map(renderAlertmanager) } }),
    scrape_configs: [
      ownJob(facts),
      ...controllerJob(facts.controllerMetrics),
      ...jobs.map(({ job }) => ({ ...job, ...fallback, honor_labels: true })),
    ],
  };
  const rules = alerts.filter(({ groups }) => groups.length > 0);
  return {
    ...Object.fromEntries(
      rules.map(({ file, groups }) => [`${rulesDirectory}/juju_${file}.rules`, renderYaml({ groups })]),
    ),
    ...Object.assign({}, ...jobs.map(({ files }) => files)),
    [configurationFile]: renderYaml(configuration),
  };
}

/** Go reads YAML 1.1; aliases would only make the file harder to read. */
export function renderYaml(value: unknown): string {
  return stringify(value, { version: '1.1', aliasDuplicateObjects: false, lineWidth: 0 });
}

function ownJob({ port, topology }: ConfigurationFacts): ScrapeJob {
  const labels = { ...topologyLabels(topology), juju_unit: topology.unit, host: 'localhost' };
  const source = ['juju_model', 'juju_model_uuid', 'juju_application', 'juju_unit'];
  return {
    job_name: 'prometheus',
    scrape_interval: '5s',
    scrape_timeout: '5s',
    metrics_path: '/metrics',
    honor_timestamps: true,
    scheme: 'http',
    static_configs: [{ targets: [`127.0.0.1:${port}`], labels }],
    relabel_configs: [{ source_labels: source, separator: '_', target_label: 'instance', regex: '(.*)' }],
  };
}

/** The controller has no relation here that would tell of it; its labels are those of Juju's own controller charm. */
function controllerJob(address: string | undefined): ScrapeJob[] {
  if (address === undefined) return [];
  const labels = { juju_model: 'controller', juju_application: 'controller', juju_charm: 'juju-controller' };
  const instance = { target_label: 'instance', replacement: 'controller' };
  return [{ job_name: 'juju', static_configs: [{ targets: [address], labels }], relabel_configs: [instance] }];
}

function renderAlertmanager(address: string): object {
  const url = new URL(address);
  return {
    scheme: url.protocol.slice(0, -1),
    path_prefix: url.pathname || '/',
    static_configs: [{ targets: [url.host] }],
  };
}

/** The certificates of a job come as text and have to be files for Prometheus. */
function withCertificates(job: ScrapeJob, dataDir: string): { job: ScrapeJob; files: Record<string, string> } {
  if (!isObject(job.tls_config)) return { job, files: {} };
  const files: Record<string, string> = {};
  const paths: Record<string, string> = {};
  for (const [key, ending] of Object.entries({ ca_file: 'ca.crt', cert_file: 'client.crt', key_file: 'client.key' })) {
    const text = job.tls_config[key];
    if (typeof text !== 'string' || text === '') continue;
    const path = `${certificatesDirectory}/${job.job_name.replaceAll(/[^\w.-]/g, '_').slice(-180)}-${ending}`;
    files[path] = text;
    paths[key] = `${dataDir}/${path}`;
  }
  return { job: { ...job, tls_config: { ...job.tls_config, ...paths } }, files };
}

/** A scrape must not last longer than its interval. */
function atMost(timeout: string, interval: string): string {
  const seconds = /^(\d+)s$/.exec(interval)?.[1];
  return seconds !== undefined && Number(seconds) < Number.parseInt(timeout, 10) ? interval : timeout;
}
