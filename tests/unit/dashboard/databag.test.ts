import { readFileSync } from 'node:fs';
import { deflateSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { convertDashboard } from '../../../src/dashboard/databag/convert.ts';
import { decodeContent } from '../../../src/dashboard/databag/decode-content.ts';
import { withMatchers } from '../../../src/dashboard/databag/label-matchers.ts';
import { receiveDashboards, withoutDoubles } from '../../../src/dashboard/databag/received.ts';
import { readSources } from '../../../src/dashboard/databag/source.ts';

/** Written by Python's library: {"title": "From Python", "uid": "py", "panels": []}. */
const fromPython = readFileSync('tests/golden/python-dashboard.txt', 'utf8');
const recorded = JSON.parse(readFileSync('tests/golden/grafana-dashboards.json', 'utf8')) as {
  name: string;
  dropdowns: boolean;
  dashboard: Record<string, unknown>;
  converted: unknown;
}[];

test.each(recorded)('converts as the Python library does: $name', ({ dashboard, dropdowns, converted }) => {
  expect(convertDashboard(dashboard, { dropdowns })).toEqual(converted);
});

test('reads what the Python library wrote, and what older ones did', async () => {
  expect(JSON.parse(await decodeContent(fromPython))).toEqual({ title: 'From Python', uid: 'py', panels: [] });
  const old = deflateSync(Buffer.from('{"title":"Old ✓"}')).toString('base64');
  expect(await decodeContent(old)).toBe('{"title":"Old ✓"}');
});

test.each([
  ['nothing of the kind', '%%%', 'its content is not base64'],
  ['other bytes', Buffer.from('hello').toString('base64'), 'its content is neither xz nor zlib'],
  ['the half of it', fromPython.slice(0, 60), 'its content is a broken xz file'],
  ['the head of it', fromPython.slice(0, 8), 'its content is a broken xz file'],
  ['a bomb', deflateSync(Buffer.alloc(40 << 20)).toString('base64'), 'its content is larger than 16 MiB when unpacked'],
])('says of content that is %s what is wrong with it', async (_, content, message) => {
  await expect(decodeContent(content)).rejects.toThrow(message);
});

const rate = ['rate(m{a="b"}[$__rate_interval])', 'rate(m{a="b",juju_model=~"$juju_model"}[$__rate_interval])'];
test.each([
  ['up', 'up{juju_model=~"$juju_model"}'],
  ['up{}', 'up{juju_model=~"$juju_model"}'],
  rate,
  ['sum by (x) (a) / b offset $offset', 'sum by (x) (a) / b offset $offset'],
  ['up{juju_model=~"$juju_model"}', 'up{juju_model=~"$juju_model"}'],
  ['{__name__=~"a|b",}', '{__name__=~"a|b",juju_model=~"$juju_model"}'],
  ['max_over_time(up[1h:$step])', 'max_over_time(up{juju_model=~"$juju_model"}[1h:$step])'],
  ['up{', 'up{'],
])('narrows %s by the topology', (expr, narrowed) => {
  expect(withMatchers(expr!, ['juju_model'])).toBe(narrowed);
});

const template = (content: string, more: object = {}) => ({ charm: 'worker', content, ...more });
const bag = (templates: unknown) => JSON.stringify({ templates, uuid: 'x' });

test('receives what can be used, and tells of each that cannot why', async () => {
  const { dashboards, errors } = await receiveDashboards(
    bag({
      'file:good': template(fromPython, { inject_dropdowns: true, juju_topology: { model: 'm', unit: 'w/0' } }),
      'file:empty': template(''),
      'file:list': template(deflateSync('[]').toString('base64')),
      'file:text': template(deflateSync('x').toString('base64')),
      'file:odd': 7,
    }),
    'grafana-dashboard:3',
  );
  expect(dashboards.map(({ uid, title, charm }) => ({ uid, title, charm }))).toEqual([
    { uid: 'py', title: 'From Python', charm: 'worker' },
  ]);
  expect(errors).toEqual([
    { dashboard_id: 'file:empty', error: 'it has no "content"' },
    { dashboard_id: 'file:list', error: 'its content is not a JSON object' },
    { dashboard_id: 'file:text', error: 'its content is not JSON' },
    { dashboard_id: 'file:odd', error: 'it has no "content"' },
  ]);
});

test.each([
  ['', []],
  ['no JSON', [{ dashboard_id: '', error: '"dashboards" is not JSON' }]],
  ['[]', [{ dashboard_id: '', error: '"dashboards" has no object "templates"' }]],
  ['{"templates":[1]}', [{ dashboard_id: '', error: '"dashboards" has no object "templates"' }]],
  [' '.repeat(9 << 20).concat('{}'), [{ dashboard_id: '', error: '"dashboards" is larger than 8 MiB' }]],
])('is not upset by a databag of %j', async (value, errors) => {
  expect(await receiveDashboards(value, 'grafana-dashboard:1')).toEqual({ dashboards: [], errors });
});

test('keeps the highest version of a uid, and of equals the newest relation', async () => {
  const one = (uid: string, version: number, relationId: string) => ({
    ...{ uid, version, relationId, title: uid, charm: 'c', json: `${version}` },
  });
  const kept = withoutDoubles([one('b', 1, 'g:1'), one('a', 2, 'g:9'), one('a', 3, 'g:1'), one('b', 1, 'g:2')]);
  expect(kept).toEqual([one('a', 3, 'g:1'), one('b', 1, 'g:2')]);
});

test('names data sources as the real charm does', () => {
  const data = { model: 'cos', model_uuid: 'u', application: 'prometheus', type: 'prometheus' };
  const units = {
    'prometheus/10': { grafana_source_host: 'https://b:9090/x' },
    'prometheus/2': { grafana_source_host: '127.0.0.1:9090' },
    'prometheus/3': { grafana_source_host: 'file:///etc/passwd' },
    'prometheus/4': {},
  };
  expect(readSources({ grafana_source_data: JSON.stringify(data) }, units)).toEqual({
    sources: [
      { name: 'juju_cos_u_prometheus_2', url: 'http://127.0.0.1:9090', unit: 'prometheus/2' },
      { name: 'juju_cos_u_prometheus_10', url: 'https://b:9090/x', unit: 'prometheus/10' },
    ].map((source) => ({ ...source, type: 'prometheus', extraFields: {}, secureExtraFields: {} })),
    problem: '"grafana_source_host" of prometheus/3 is no HTTP address',
  });
  expect(readSources({ grafana_source_data: '{' }, units).problem).toBe('"grafana_source_data" is not JSON');
  expect(readSources({ grafana_source_data: '[]' }, units).problem).toBe('"grafana_source_data" names no type');
});
