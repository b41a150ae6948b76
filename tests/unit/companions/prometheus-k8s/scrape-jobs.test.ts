import { expect, test } from 'vitest';
import {
  readScrapeJobs,
  type ScrapeJob,
  withDistinctNames,
} from '../../../../src/companions/prometheus-k8s/scrape-jobs.ts';
import { modelUuid, related } from '../observability/related.ts';

const jobs = (...list: unknown[]) => ({ scrape_jobs: JSON.stringify(list) });
const instance = (...labels: string[]) => [
  { source_labels: labels, separator: '_', target_label: 'instance', regex: '(.*)' },
];

test('makes a job of each unit where the target is a wildcard, with the labels of the unit', () => {
  expect(readScrapeJobs(related({}, ['worker/1']))).toEqual({
    jobs: [
      {
        job_name: 'juju_m_20f0a416_worker_prometheus_scrape-1',
        metrics_path: '/metrics',
        static_configs: [
          {
            targets: ['127.0.1.1:9000'],
            labels: {
              juju_model: 'm',
              juju_model_uuid: modelUuid,
              juju_application: 'worker',
              juju_charm: 'w-k8s',
              juju_unit: 'worker/1',
            },
          },
        ],
        relabel_configs: instance('juju_model', 'juju_model_uuid', 'juju_application', 'juju_unit'),
      },
    ],
    problems: [],
  });
  expect(readScrapeJobs(related()).jobs.map(({ job_name: name }) => name.slice(-2))).toEqual(['-0', '-1']);
});

test('keeps a fixed target in one job, without a unit', () => {
  const [job, ...others] = readScrapeJobs(related(jobs({ static_configs: [{ targets: ['db:9187'] }] }))).jobs;
  expect(others).toEqual([]);
  expect(job?.static_configs).toEqual([
    {
      targets: ['db:9187'],
      labels: { juju_model: 'm', juju_model_uuid: modelUuid, juju_application: 'worker', juju_charm: 'w-k8s' },
    },
  ]);
  expect(job?.relabel_configs).toEqual(instance('juju_model', 'juju_model_uuid', 'juju_application'));
});

test('puts the path of a unit before that of the job, its own label over ours, and IPv6 in brackets', () => {
  const relation = related(
    jobs({ metrics_path: '/m', static_configs: [{ targets: ['*:1'], labels: { juju_model: 'x' } }] }),
  );
  const bag = { prometheus_scrape_unit_address: '::1', prometheus_scrape_unit_path: '/a/b' };
  const [job] = readScrapeJobs({ ...relation, units: [{ name: 'worker/0', bag }] }).jobs;
  expect(job).toMatchObject({
    metrics_path: '/a/b/m',
    static_configs: [{ targets: ['[::1]:1'], labels: { juju_model: 'x', juju_unit: 'worker/0' } }],
  });
});

test('passes on no key that another application may not set', () => {
  const [job] = readScrapeJobs(
    related(
      jobs({ job_name: 'mine', honor_timestamps: false, sample_limit: 5, file_sd_configs: [{ files: ['/x'] }] }),
      ['worker/0'],
    ),
  ).jobs;
  expect(Object.keys(job!).sort()).toEqual([
    'job_name',
    'metrics_path',
    'relabel_configs',
    'sample_limit',
    'static_configs',
  ]);
  expect(job!.job_name).toBe('juju_m_20f0a416_worker_prometheus_scrape_mine-0');
});

test('reads a relation that says nothing of its topology', () => {
  const [job] = readScrapeJobs(related({ scrape_metadata: '{"model":"m"}' }, ['worker/0'])).jobs;
  expect(job).toEqual({
    job_name: 'juju_worker_3_prometheus_scrape-0',
    metrics_path: '/metrics',
    static_configs: [{ targets: ['127.0.1.1:9000'], labels: {} }],
  });
});

test('skips a unit that has not told its address', () => {
  const relation = related();
  expect(readScrapeJobs({ ...relation, units: [{ name: 'worker/0', bag: {} }, relation.units[1]!] }).jobs).toHaveLength(
    1,
  );
  expect(readScrapeJobs({ ...relation, units: [] })).toEqual({ jobs: [], problems: [] });
});

test.each([
  { name: 'no JSON', text: '[{"static_con', says: 'scrape_jobs: no JSON' },
  { name: 'no list', text: '{"a":1}', says: 'scrape_jobs: no list' },
  { name: 'a list of something else', text: '[7]', says: 'scrape_jobs: job 1: no object' },
  {
    name: 'targets of another type',
    text: '[{"static_configs":[{"targets":"*:1"}]}]',
    says: 'scrape_jobs: job 1: "static_configs" is no list of targets',
  },
  {
    name: 'an interval that is a number',
    text: '[{"scrape_interval":5}]',
    says: 'scrape_jobs: job 1: "scrape_interval" is no text',
  },
  {
    name: 'too much',
    text: `["${'x'.repeat(5 << 20)}"]`,
    says: `scrape_jobs: too long (${(5 << 20) + 4} characters, at most 4194304)`,
  },
])('refuses $name, and says so', ({ text, says }) => {
  expect(readScrapeJobs(related({ scrape_jobs: text }))).toEqual({ jobs: [], problems: [says] });
});

test('refuses a job that would have a file of this machine read, but not a certificate that comes as text', () => {
  const pem = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n';
  const read = readScrapeJobs(
    related(
      jobs(
        { authorization: { credentials_file: '/home/me/.ssh/id_ed25519' } },
        { tls_config: { ca_file: '/etc/passwd' } },
        { tls_config: { ca_file: pem } },
      ),
      ['worker/0'],
    ),
  );
  expect(read.jobs).toHaveLength(1);
  expect(read.problems).toEqual([
    'scrape_jobs: job 1: "credentials_file" would read a file of this machine (give its content instead)',
    'scrape_jobs: job 2: "ca_file" would read a file of this machine (give its content instead)',
  ]);
});

test('keeps equal jobs once, and different ones of one name apart', () => {
  const [a, b, c] = [1, 2, 3].map((p) => ({ job_name: p === 3 ? 'y' : 'x', p })) as unknown as [
    ScrapeJob,
    ScrapeJob,
    ScrapeJob,
  ];
  const names = withDistinctNames([a, b, a, c]).map(({ job_name: name }) => name);
  expect(names).toEqual([expect.stringMatching(/^x_[0-9a-f]{64}$/), expect.stringMatching(/^x_[0-9a-f]{64}$/), 'y']);
  expect(new Set(names).size).toBe(3);
});
