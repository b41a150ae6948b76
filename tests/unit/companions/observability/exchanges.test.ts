/**
 * What Canonical's Python libraries (prometheus_scrape v0, alertmanager_dispatch v1, loki_push_api v1, grafana_source v0)
 * said in these relations, recorded by letting them run in charms under `ops.testing`; cos-tool, which they call for some
 * checks, was not there. Rules that the library adds on its own were left out of the recording.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readAlertGroups } from '../../../../src/companions/observability/alert-groups.ts';
import { alertmanagerUrls } from '../../../../src/companions/observability/alertmanagers.ts';
import type { Related } from '../../../../src/companions/observability/related.ts';
import { parseTopology, topologyJson } from '../../../../src/companions/observability/topology.ts';
import { readScrapeJobs } from '../../../../src/companions/prometheus-k8s/scrape-jobs.ts';

type Bag = Readonly<Record<string, string>>;
interface Exchange {
  readonly name: string;
  readonly app: Bag;
  readonly units: Readonly<Record<string, Bag>>;
  readonly jobs: readonly object[];
  readonly alerts: Readonly<Record<string, { readonly groups: readonly object[] }>>;
}
const recorded = JSON.parse(readFileSync(join(import.meta.dirname, '../../../golden/cos-exchanges.json'), 'utf8')) as {
  readonly consumer: readonly Exchange[];
  readonly providers: Readonly<Record<string, { readonly unit: Bag; readonly app: Bag }>>;
};

const relatedOf = ({ app, units }: Pick<Exchange, 'app' | 'units'>): Related => ({
  id: 'metrics-endpoint:3',
  application: 'worker',
  bag: app,
  units: Object.entries(units).map(([name, bag]) => ({ name, bag })),
});

/** Jobs of one name are told apart by a hash of the library's own JSON; units come to it in no fixed order. */
function comparable(jobs: readonly object[]): readonly object[] {
  const named = JSON.parse(JSON.stringify(jobs).replaceAll(/_[0-9a-f]{64}"/g, '_HASH"')) as Partial<Job>[];
  const key = ({ job_name: name, static_configs: configs }: Partial<Job>) => `${name} ${JSON.stringify(configs)}`;
  return named.sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

interface Job {
  readonly job_name: string;
  readonly static_configs: readonly object[];
}

test.each(recorded.consumer)('makes the jobs and rules that the library makes of $name', (exchange) => {
  const related = relatedOf(exchange);
  expect(comparable(readScrapeJobs(related).jobs)).toEqual(comparable(exchange.jobs));
  const { file, groups } = readAlertGroups(related, 'scrape_metadata');
  const [ours] = groups.length > 0 ? [{ [file]: { groups } }] : [{}];
  // Its tool, which is not there in a test, would put the topology in; without it the library takes the mark away.
  const bare = JSON.parse(JSON.stringify(ours).replaceAll(/\{juju_model=.*?\} == 0/g, '{} == 0')) as unknown;
  expect(bare).toEqual(exchange.alerts);
});

test('reads where alerts go as the library tells it', () => {
  const { unit } = recorded.providers.alerting!;
  expect(alertmanagerUrls([relatedOf({ app: {}, units: { 'alertmanager/0': unit } })])).toEqual([
    'http://127.0.0.1:9093',
  ]);
});

test('tells its topology as the library does', () => {
  const told = JSON.parse(recorded.providers['self-metrics-endpoint']!.app.scrape_metadata!) as object;
  const topology = parseTopology(told)!;
  expect(Object.entries(JSON.parse(topologyJson(topology)))).toEqual(Object.entries(told));
});
