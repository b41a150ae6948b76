import { expect, test } from 'vitest';
import { hook } from './call.ts';

const config = {
  'log-level': 'info',
  'sentry-sample-rate': 1,
  'sentry-redact-params': false,
  host: null,
  'sentry-dsn': '',
};

test('config-get leaves out what has no value, and prints whole floats without a point', async () => {
  expect(await hook({ config }).call('config-get', '--format=json')).toBe(
    '{"log-level":"info","sentry-dsn":"","sentry-redact-params":false,"sentry-sample-rate":1}\n',
  );
});

for (const [args, output] of [
  [
    ['--format=json', '--all'],
    '{"host":null,"log-level":"info","sentry-dsn":"","sentry-redact-params":false,"sentry-sample-rate":1}\n',
  ],
  [['log-level'], 'info\n'],
  [['log-level', '--format', 'json'], '"info"\n'],
  [['--format', 'json', '--', 'log-level'], '"info"\n'],
  [['sentry-redact-params'], 'False\n'],
  [['sentry-sample-rate', '--format=json'], '1\n'],
  [['sentry-dsn'], ''],
  [['nonsense', '--format=json'], 'null\n'],
  [['nonsense'], ''],
  [['-a', 'host'], '2 ERROR cannot use argument --all together with key "host"\n'],
  [['a', 'b', 'c'], '2 ERROR unrecognized args: ["b" "c"]\n'],
  [['--format=xml'], '2 ERROR invalid value "xml" for option --format: unknown format "xml"\n'],
  [['--frmat=json'], '2 ERROR option provided but not defined: --frmat\n'],
  [['--format'], '2 ERROR option needs an argument: --format\n'],
  [
    ['--all=maybe'],
    '2 ERROR invalid value "maybe" for option --all: strconv.ParseBool: parsing "maybe": invalid syntax\n',
  ],
] as const) {
  test(`config-get ${args.join(' ')} answers as Juju does`, async () => {
    expect(await hook({ config }).call('config-get', ...args)).toBe(output);
  });
}

test('config-get in YAML sorts the keys and puts texts that look like something else in quotes', async () => {
  const facts = { config: { b: 'true', a: '1', c: 'two words', d: 'yes', e: 'line\nbreak\n' } };
  expect(await hook(facts).call('config-get', '--format=yaml')).toBe(
    'a: "1"\nb: "true"\nc: two words\nd: "yes"\ne: |\n  line\n  break\n',
  );
});

test('config-get escapes in JSON what Go escapes', async () => {
  expect(await hook({ config: { a: '<b> & "c"\u2028' } }).call('config-get', 'a', '--format=json')).toBe(
    '"\\u003cb\\u003e \\u0026 \\"c\\"\\u2028"\n',
  );
});

test('config-get keeps the values of its first answer for the whole hook', async () => {
  const facts = { config: { key: 'before' } };
  const { call } = hook(facts);
  await call('config-get');
  facts.config = { key: 'after' };
  expect(await call('config-get', 'key')).toBe('before\n');
});

test('status-set takes effect at once, whatever becomes of the hook', async () => {
  const { call, model } = hook();
  expect(await call('status-set', 'blocked', 'no host')).toBe('');
  expect(model.statuses.get('w/0')).toMatchObject({ status: 'blocked', message: 'no host', data: {} });
  expect(model.commits).toEqual([]);
});

for (const [args, output] of [
  [['happy'], '2 ERROR invalid status "happy", expected one of [maintenance blocked waiting active]\n'],
  [[], '2 ERROR invalid args, require <status> [message]\n'],
  [['active', 'a', 'b'], '2 ERROR unrecognized args: ["b"]\n'],
  [['--application=True', 'active'], ''],
  [['active', '--', '--not-an-option'], ''],
] as const) {
  test(`status-set ${args.join(' ')} answers as Juju does`, async () => {
    expect(await hook().call('status-set', ...args)).toBe(output);
  });
}

test('status-set --application is for the leader', async () => {
  expect(await hook({ leader: 'w/1' }).call('status-set', '--application', 'active')).toBe(
    '1 ERROR this unit is not the leader\n',
  );
});

test('status-get prints what status-set wrote, in each of its shapes', async () => {
  const { call } = hook({ units: { w: ['w/0'] } });
  await call('status-set', 'active', 'm');
  await call('status-set', '--application', 'waiting');
  expect(await call('status-get')).toBe('active\n');
  expect(await call('status-get', '--format=json')).toBe('{"status":"active"}\n');
  expect(await call('status-get', '--include-data', '--format=json', '--application=false')).toBe(
    '{"message":"m","status":"active","status-data":{}}\n',
  );
  expect(await call('status-get', '--application')).toBe('waiting\n');
  expect(await call('status-get', '--include-data', '--format=json', '--application=True')).toBe(
    '{"application-status":{"message":"","status":"waiting","status-data":{},"units":{"w/0":{"message":"m","status":"active","status-data":{}}}}}\n',
  );
});

test('status-get --application is for the leader', async () => {
  expect(await hook({ leader: 'w/1' }).call('status-get', '--application=true')).toBe(
    '1 ERROR finding application status: this unit is not the leader\n',
  );
});

test('is-leader knows who leads', async () => {
  expect(await hook().call('is-leader', '--format=json')).toBe('true\n');
  expect(await hook({ leader: 'w/1' }).call('is-leader')).toBe('False\n');
});

test('application-version-set sets the version at once', async () => {
  const { call, model } = hook();
  expect(await call('application-version-set', '--', '-1.2')).toBe('');
  expect(model.versions.get('w/0')).toBe('-1.2');
  expect(await call('application-version-set')).toBe('2 ERROR no version specified\n');
});

test('juju-log writes at the wanted level, with the relation in front in a relation hook', async () => {
  const relation = { endpoint: 'database', id: 7, remoteApp: 'pg', remoteUnit: '' };
  const { call, model } = hook({}, { hook: 'database-relation-created', relation });
  await call('juju-log', 'a', 'b');
  await call('juju-log', '--log-level', 'warning', '--', '--c');
  await call('juju-log', '-l', 'loud', 'd');
  await call('juju-log', '--debug', 'e');
  const module = 'unit.w/0.juju-log';
  expect(model.logged).toEqual([
    { unit: 'w/0', level: 'INFO', module, message: 'database:7: a b' },
    { unit: 'w/0', level: 'WARNING', module, message: 'database:7: --c' },
    { unit: 'w/0', level: 'WARNING', module, message: 'Specified log level of "loud" is not valid' },
    { unit: 'w/0', level: 'INFO', module, message: 'database:7: d' },
    { unit: 'w/0', level: 'DEBUG', module, message: 'database:7: e' },
  ]);
  expect(await call('juju-log')).toBe('2 ERROR no message specified\n');
});

test('a command that does not exist is a bad request', async () => {
  expect(await hook().call('relation-frob')).toBe('1 ERROR bad request: unknown hook command: relation-frob\n');
  expect(await hook().call('toString')).toBe('1 ERROR bad request: unknown hook command: toString\n');
});

test('--help tells how a command is called', async () => {
  expect(await hook().call('is-leader', '--help')).toBe(
    `Usage: is-leader [options]

Summary:
Print application leadership status.

Options:
--format  (= smart)
    Specify output format (json|smart|yaml)
-o, --output (= "")
    Specify an output file
`,
  );
});

test('--help names the storage and the relation of the hook as defaults, where ops looks for them', async () => {
  const storage = { id: 'certs/0', name: 'certs', kind: 'filesystem', location: '/s/certs/0' };
  const attached = hook({ storages: [storage] }, { hook: 'certs-storage-attached', storage });
  expect(await attached.call('storage-get', '--help')).toMatch(/^-s {2}\(= certs\/0\)$/m);
  expect(await hook().call('storage-get', '-h')).toMatch(/^-s {2}\(= \)$/m);
  const relation = { endpoint: 'database', id: 7, remoteApp: 'pg', remoteUnit: 'pg/0' };
  const changed = hook({}, { hook: 'database-relation-changed', relation });
  expect(await changed.call('relation-get', '--help')).toMatch(/^-r, --relation {2}\(= database:7\)$/m);
  expect(await changed.call('relation-get', '--help')).toMatch(/^--app {2}\(= false\)$/m);
});
