import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { ConfigListing } from '../../../src/controller/api.ts';
import { withController } from './fake-controller.ts';

const listing: ConfigListing = {
  application: 'w',
  charm: 'temporal-worker-k8s',
  'application-config': {
    trust: { default: false, description: 'Trusted?', source: 'default', type: 'bool', value: false },
  },
  settings: {
    queue: { description: 'Queue', source: 'unset', type: 'string' },
    'log-level': { default: 'info', description: 'Level', source: 'user', type: 'string', value: 'debug' },
    environment: { description: 'YAML', source: 'user', type: 'string', value: 'env:\n  - name: a\n' },
    rate: { default: 1, description: 'Rate', source: 'default', type: 'float', value: 1 },
  },
};
const set = () => ({ changed: [], messages: [] });

test('lists every option as YAML, sorted, without a value where there is none', async () => {
  await withController({ configGet: () => listing }, async (fake) => {
    expect((await fake.run(['config', 'w'])).out).toBe(`\
application: w
application-config:
  trust:
    default: false
    description: Trusted?
    source: default
    type: bool
    value: false
charm: temporal-worker-k8s
settings:
  environment:
    description: YAML
    source: user
    type: string
    value: |
      env:
        - name: a
  log-level:
    default: info
    description: Level
    source: user
    type: string
    value: debug
  queue:
    description: Queue
    source: unset
    type: string
  rate:
    default: 1
    description: Rate
    source: default
    type: float
    value: 1
`);
    expect(JSON.parse((await fake.run(['config', '--format', 'json', 'w'])).out)).toEqual(listing);
  });
});

test('prints one value plainly, an empty line when it is unset, and names the nearest key otherwise', async () => {
  await withController({ configGet: () => listing }, async (fake) => {
    expect((await fake.run(['config', 'w', 'log-level'])).out).toBe('debug\n');
    expect((await fake.run(['config', 'w', 'queue'])).out).toBe('\n');
    expect((await fake.run(['config', 'w', 'environment'])).out).toBe('env:\n  - name: a\n');
    expect((await fake.run(['config', 'w', 'trust'])).out).toBe('false\n');
    expect((await fake.run(['config', 'w', 'rate', '--format', 'json'])).out).toBe('1\n');
    expect(await fake.run(['config', 'w', 'log-leve'])).toEqual({
      code: 1,
      out: '',
      err: 'ERROR key "log-leve" not found in "w" application config or charm settings. (did you mean "log-level"?)\n',
    });
  });
});

test('sets several values at once, from words, files and stdin, and resets others', async () => {
  await withController({ configSet: set }, async (fake) => {
    writeFileSync(join(fake.cwd, 'env.yaml'), 'env: []\n');
    await fake.run(['config', 'w', 'host=h:7233', 'environment=@env.yaml', 'empty=', '--reset', 'a,b', '--reset=c']);
    await fake.run(['config', 'w', '--file=env.yaml']);
    await fake.run(['config', 'w', '--file', '-', 'a=1', '--reset', 'b'], { stdin: 'w: {}\n' });
    expect(fake.calls.map(({ params }) => params)).toEqual([
      { application: 'w', values: { host: 'h:7233', environment: 'env: []\n', empty: '' }, reset: ['a', 'b', 'c'] },
      { application: 'w', values: {}, reset: [], yaml: { file: 'env.yaml', text: 'env: []\n' } },
      { application: 'w', values: { a: '1' }, reset: ['b'], yaml: { file: '-', text: 'w: {}\n' } },
    ]);
  });
});

test.each([
  { name: 'is missing', file: 'missing', error: 'cannot read option "a" from file "missing": there is no such file' },
  {
    name: 'is a directory',
    file: 'dir',
    error: 'cannot read option "a" from file "dir": it is a directory (a file is wanted)',
  },
  { name: 'is not UTF-8', file: 'binary', error: 'cannot read option "a" from file "binary": it is not UTF-8 text' },
  { name: 'is too large', file: 'large', error: 'cannot read option "a" from file "large": it has 6 MiB (at most 5)' },
])('refuses a value from a file that $name, before anything is set', async ({ file, error }) => {
  await withController({ configSet: set }, async (fake) => {
    mkdirSync(join(fake.cwd, 'dir'));
    writeFileSync(join(fake.cwd, 'binary'), Buffer.from([0xff, 0xfe, 0x00]));
    writeFileSync(join(fake.cwd, 'large'), Buffer.alloc(6 * 1024 * 1024));
    expect(await fake.run(['config', 'w', 'b=1', `a=@${file}`])).toEqual({ code: 1, out: '', err: `ERROR ${error}\n` });
    expect(fake.calls).toEqual([]);
  });
});

test('model-config lists, prints, sets and resets settings', async () => {
  const modelConfigGet = () => ({
    'update-status-hook-interval': { value: '5m', source: 'default' as const },
    'juju-http-proxy': { value: 'http://p:1', source: 'model' as const },
  });
  await withController({ modelConfigGet, modelConfigSet: () => ({ messages: [] }) }, async (fake) => {
    expect((await fake.run(['model-config'])).out).toBe(`\
Attribute                    From     Value
juju-http-proxy              model    http://p:1
update-status-hook-interval  default  5m
`);
    expect((await fake.run(['model-config', 'juju-http-proxy'])).out).toBe('http://p:1\n');
    await fake.run(['model-config', 'juju-http-proxy=', 'a=b', '--reset', 'c']);
    expect(fake.calls.at(-1)?.params).toEqual({ values: { 'juju-http-proxy': '', a: 'b' }, reset: ['c'] });
    writeFileSync(join(fake.cwd, 'all.yaml'), 'a: 1\nb: 2\nc: 3\n');
    await fake.run(['model-config', '--file', 'all.yaml', 'b=4', '--reset', 'c']);
    expect(fake.calls.at(-1)?.params).toEqual({ values: { a: '1', b: '4' }, reset: ['c'] });
    writeFileSync(join(fake.cwd, 'bad.yaml'), 'a: [1\nb: 2\n');
    expect((await fake.run(['model-config', '--file', 'bad.yaml'])).err).toMatch(
      /^ERROR cannot read YAML of "bad.yaml": line \d, column \d: .+\n$/,
    );
  });
});
