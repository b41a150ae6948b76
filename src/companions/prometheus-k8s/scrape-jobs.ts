import { createHash } from 'node:crypto';
import { isObject, type JsonObject, parseDatabagJson } from '../observability/databag-json.ts';
import type { Related } from '../observability/related.ts';
import { identifierOf, parseTopology, type Topology, topologyLabels } from '../observability/topology.ts';

/** A scrape job in Prometheus' own form. */
export type ScrapeJob = JsonObject & { readonly job_name: string };

export interface ReadJobs {
  readonly jobs: readonly ScrapeJob[];
  /** What could not be read. */
  readonly problems: readonly string[];
}

/** The keys that another application may set; the library drops all others. */
const allowedKeys = [
  'job_name',
  'metrics_path',
  'static_configs',
  'scrape_interval',
  'scrape_timeout',
  'proxy_url',
  'relabel_configs',
  'metric_relabel_configs',
  'sample_limit',
  'label_limit',
  'label_name_length_limit',
  'label_value_length_limit',
  'scheme',
  'basic_auth',
  'tls_config',
  'authorization',
  'params',
];
const defaultJob = { metrics_path: '/metrics', static_configs: [{ targets: ['*:80'] }] };

interface Host {
  readonly unit: string;
  readonly address: string;
  readonly path: string;
}

/**
 * The jobs that one related application asks for, as the library makes them: a target `*:9000` becomes a job for each
 * unit with the unit's own labels, any other stays in one job with the application's. Never throws.
 */
export function readScrapeJobs(related: Related): ReadJobs {
  const { value, problem } = parseDatabagJson(related.bag.scrape_jobs);
  if (problem) return { jobs: [], problems: [`scrape_jobs: ${problem}`] };
  if (value === undefined || related.units.length === 0) return { jobs: [], problems: [] };
  if (!Array.isArray(value)) return { jobs: [], problems: ['scrape_jobs: no list'] };
  const topology = parseTopology(parseDatabagJson(related.bag.scrape_metadata).value);
  const prefix = topology
    ? `juju_${identifierOf(topology)}_prometheus_scrape`
    : `juju_${related.application}_${related.id.split(':')[1]}_prometheus_scrape`;
  const hosts = related.units.flatMap(readHost);
  const read = value.map((job, index) => {
    const why = faultOf(job);
    if (why) return { jobs: [], problems: [`scrape_jobs: job ${index + 1}: ${why}`] };
    return { jobs: expand(sanitize(job as JsonObject, prefix), hosts, topology), problems: [] };
  });
  return {
    jobs: withDistinctNames(read.flatMap(({ jobs }) => jobs)),
    problems: read.flatMap(({ problems }) => problems),
  };
}

/** Jobs of one name get a mark of their content, and equal ones are kept once, in this order, as in the library. */
export function withDistinctNames(jobs: readonly ScrapeJob[]): readonly ScrapeJob[] {
  const different = [...new Map(jobs.map((job) => [JSON.stringify(job), job])).entries()];
  const count = (name: string) => jobs.filter((job) => job.job_name === name).length;
  return different.map(([text, job]) => {
    if (count(job.job_name) === 1) return job;
    return { ...job, job_name: `${job.job_name}_${createHash('sha256').update(text).digest('hex')}` };
  });
}

/** What makes a job unusable, of the parts that are read here; Prometheus' own checker looks at the rest. */
function faultOf(job: unknown): string | undefined {
  if (!isObject(job)) return 'no object';
  const { static_configs: configs } = job;
  if (configs !== undefined && !(Array.isArray(configs) && configs.every(isStaticConfig))) {
    return '"static_configs" is no list of targets';
  }
  for (const key of ['job_name', 'metrics_path', 'scheme', 'scrape_interval', 'scrape_timeout']) {
    if (job[key] !== undefined && job[key] !== null && typeof job[key] !== 'string') return `"${key}" is no text`;
  }
  const file = localFile(job);
  return file ? `"${file}" would read a file of this machine (give its content instead)` : undefined;
}

function isStaticConfig(config: unknown): boolean {
  if (!isObject(config)) return false;
  const { targets, labels } = config;
  const named = targets === undefined || (Array.isArray(targets) && targets.every((each) => typeof each === 'string'));
  return named && (labels === undefined || isObject(labels));
}

/**
 * A key by which a job of another application would have files of this machine read and sent to where it says:
 * `credentials_file`, `password_file`; the files of `tls_config` are given as text and checked where they are written.
 */
function localFile(value: unknown, path = ''): string | undefined {
  if (Array.isArray(value)) return value.map((each) => localFile(each, path)).find(Boolean);
  if (!isObject(value)) return undefined;
  for (const [key, inner] of Object.entries(value)) {
    const isText = path === 'tls_config' && typeof inner === 'string' && inner.trimStart().startsWith('-----BEGIN ');
    if (key.endsWith('_file') && inner !== '' && !isText) return key;
    const found = localFile(inner, key);
    if (found) return found;
  }
  return undefined;
}

function sanitize(job: JsonObject, prefix: string): ScrapeJob {
  const kept = Object.entries(job).filter(([key, value]) => allowedKeys.includes(key) && value !== null);
  const name = typeof job.job_name === 'string' && job.job_name !== '' ? `${prefix}_${job.job_name}` : prefix;
  return { ...defaultJob, ...Object.fromEntries(kept), job_name: name };
}

function readHost({ name, bag }: Related['units'][number]): Host[] {
  const address = bag.prometheus_scrape_unit_address || bag.prometheus_scrape_host;
  if (!address) return [];
  return [{ unit: bag.prometheus_scrape_unit_name || name, address, path: bag.prometheus_scrape_unit_path ?? '' }];
}

interface StaticConfig {
  readonly targets?: readonly string[];
  readonly labels?: JsonObject;
}

function expand(job: ScrapeJob, hosts: readonly Host[], topology: Topology | undefined): ScrapeJob[] {
  const metricsPath = String(job.metrics_path || '/metrics');
  const perUnit: ScrapeJob[] = [];
  const fixed: StaticConfig[] = [];
  const labels = topology ? topologyLabels(topology) : {};
  for (const config of job.static_configs as readonly StaticConfig[]) {
    const targets = config.targets ?? [];
    const wildcards = targets.filter((target) => target.startsWith('*'));
    for (const host of wildcards.length > 0 ? hosts : []) {
      const own = topology ? { juju_unit: host.unit } : {};
      perUnit.push({
        ...job,
        job_name: `${job.job_name}-${host.unit.split('/').at(-1)}`,
        metrics_path: host.path + metricsPath,
        static_configs: [
          {
            ...config,
            targets: wildcards.map((target) => target.replace('*', bracketed(host.address))),
            labels: { ...labels, ...own, ...config.labels },
          },
        ],
        ...(topology && relabelled(job, ['juju_model', 'juju_model_uuid', 'juju_application', 'juju_unit'])),
      });
    }
    const others = targets.filter((target) => !target.startsWith('*'));
    if (others.length > 0) fixed.push({ ...config, targets: others, labels: { ...labels, ...config.labels } });
  }
  if (fixed.length === 0) return perUnit;
  const rest = {
    ...job,
    metrics_path: metricsPath,
    static_configs: fixed,
    ...(topology && relabelled(job, ['juju_model', 'juju_model_uuid', 'juju_application'])),
  };
  return [...perUnit, rest];
}

/** Makes `instance` tell the unit, so that a series goes on when an address changes. It has to be the last rule. */
function relabelled(job: ScrapeJob, labels: readonly string[]): JsonObject {
  const before = Array.isArray(job.relabel_configs) ? job.relabel_configs : [];
  const last = { source_labels: labels, separator: '_', target_label: 'instance', regex: '(.*)' };
  return { relabel_configs: [...before, last] };
}

/** IPv6 addresses stand in brackets before a port. */
function bracketed(address: string): string {
  return address.includes(':') && !address.startsWith('[') ? `[${address}]` : address;
}
