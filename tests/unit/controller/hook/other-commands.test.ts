import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { CommitRefused } from '../../../../src/controller/hook/model.ts';
import { hookCommandTable } from '../../../../src/controller/hook/table.ts';
import { hook } from './call.ts';

test('state is seen by the hook that writes it, and committed at its end', async () => {
  const { call, callWith, context, model } = hook({ state: { old: '1', gone: '2' } });
  expect(await call('state-set', 'a=b=c', 'old=')).toBe('');
  expect(await callWith('multi: |\n  two\n  lines\n', 'state-set', '--file', '-')).toBe('');
  expect(await call('state-delete', 'gone')).toBe('');
  expect(await call('state-get', '--format=json')).toBe('{"a":"b=c","multi":"two\\nlines\\n","old":""}\n');
  context.commit();
  expect(model.commits[0]?.state).toEqual({ a: 'b=c', old: '', multi: 'two\nlines\n', gone: null });
});

test('state-get answers for what is not there', async () => {
  const { call } = hook();
  expect(await call('state-get', '--format=json')).toBe('null\n');
  expect(await call('state-get')).toBe('{}\n');
  expect(await call('state-get', '--format=json', 'no')).toBe('""\n');
  expect(await call('state-get', '--strict', 'no')).toBe('1 ERROR "no" not found\n');
});

test('state has limits per key, per value and in all', async () => {
  const { call, callWith, context } = hook();
  expect(await call('state-set', `${'k'.repeat(257)}=v`)).toBe(
    '1 ERROR max allowed key length (256) exceeded quota limit exceeded\n',
  );
  expect(await call('state-set', `k=${'v'.repeat(65537)}`)).toBe(
    '1 ERROR max allowed value length (65536) exceeded quota limit exceeded\n',
  );
  const many = Object.fromEntries(Array.from({ length: 33 }, (_, i) => [`k${i}`, 'v'.repeat(65536)]));
  expect(await callWith(JSON.stringify(many), 'state-set', '--file=-')).toBe('');
  expect(() => context.commit()).toThrow(CommitRefused);
});

test('ports are seen by the hook that opens them, and only changes are committed', async () => {
  const { call, context, model } = hook({ ports: ['80/tcp', '53/udp'] });
  expect(await call('open-port', '9000')).toBe('');
  expect(await call('open-port', '80/tcp')).toBe('');
  expect(await call('close-port', '53/UDP')).toBe('');
  expect(await call('close-port', '1/tcp')).toBe('');
  expect(await call('open-port', '443', '--endpoints', 'database, peer')).toBe('');
  expect(await call('opened-ports', '--format=json')).toBe('["80/tcp","443/tcp","9000/tcp"]\n');
  expect(await call('opened-ports', '--endpoints')).toBe('80/tcp (*)\n443/tcp (database, peer)\n9000/tcp (*)\n');
  context.commit();
  expect(model.commits[0]).toMatchObject({
    portsOpened: ['9000/tcp', '443/tcp (database)', '443/tcp (peer)'],
    portsClosed: ['53/udp'],
  });
});

for (const [args, output] of [
  [[], '2 ERROR no port or range specified\n'],
  [['http'], '2 ERROR invalid port "http": strconv.Atoi: parsing "http": invalid syntax\n'],
  [['80/sctp'], '2 ERROR invalid protocol "sctp", expected "tcp", "udp", or "icmp"\n'],
  [['70000'], '2 ERROR port range bounds must be between 0 and 65535, got 70000-70000\n'],
  [['90-80'], '2 ERROR invalid port range 90-80/tcp\n'],
  [['1-2-3'], '2 ERROR invalid port range "1-2-3"\n'],
  [['80-90'], '1 ERROR port ranges are not supported for k8s applications\n'],
  [['80', '--endpoints', 'none'], '1 ERROR endpoint "none" not found\n'],
  [['80', '--format', 'json'], '--format flag deprecated for command "open-port"'],
] as const) {
  test(`open-port ${args.join(' ')} answers as Juju does`, async () => {
    expect(await hook().call('open-port', ...args)).toBe(output);
  });
}

for (const [args, output] of [
  [
    ['database', '--format=json'],
    '{"bind-addresses":[{"mac-address":"","interface-name":"","addresses":[{"hostname":"","value":"127.0.0.7","cidr":"127.0.0.0/8"}]}],"egress-subnets":["127.0.0.7/32"],"ingress-addresses":["127.0.0.7"]}\n',
  ],
  [['database', '--ingress-address'], '127.0.0.7\n'],
  [['database', '--bind-address', '--egress-subnets'], 'bind-address: 127.0.0.7\negress-subnets:\n- 127.0.0.7/32\n'],
  [['database', '--primary-address'], '127.0.0.7\n'],
  [['unknown'], '1 ERROR no network config found for binding "unknown"\n'],
  [[], '2 ERROR no arguments specified\n'],
] as const) {
  test(`network-get ${args.join(' ')} answers as Juju does`, async () => {
    expect(await hook().call('network-get', ...args)).toBe(output);
  });
}

const action = { hook: '', action: { name: 'backup', task: '3', params: { to: 's3', deep: { er: [1, true] } } } };

test('an action reads its parameters', async () => {
  const { call } = hook({}, action);
  expect(await call('action-get', '--format=json')).toBe('{"deep":{"er":[1,true]},"to":"s3"}\n');
  expect(await call('action-get', 'to')).toBe('s3\n');
  expect(await call('action-get', 'deep.er', '--format=json')).toBe('[1,true]\n');
  expect(await call('action-get', 'deep.no.thing', '--format=json')).toBe('null\n');
  expect(await call('action-get')).toBe('deep:\n  er:\n  - 1\n  - true\nto: s3\n');
});

test('an action sets nested results, logs, and fails', async () => {
  const { call, context, model } = hook({}, action);
  await call('action-set', 'outfile.size=10G', 'foo.bar=2');
  await call('action-set', 'foo.baz.val=3', 'foo.bar.zab=4', 'foo.baz=1');
  await call('action-log', '--', '-v', 'done');
  await call('action-fail', 'no space');
  expect(context.action).toEqual({
    results: { outfile: { size: '10G' }, foo: { bar: { zab: '4' }, baz: '1' } },
    message: 'no space',
    failed: true,
  });
  expect(model.taskLogs).toEqual([{ task: '3', message: '-v done' }]);
});

for (const [args, output] of [
  [['action-set', 'novalue'], '2 ERROR argument "novalue" must be of the form key...=value\n'],
  [
    ['action-set', 'Key=1'],
    '2 ERROR key "Key" must start and end with lowercase alphanumeric, and contain only lowercase alphanumeric, hyphens and periods\n',
  ],
  [['action-set', 'a.stdout=1'], '2 ERROR cannot set reserved action key "stdout"\n'],
  [['action-log'], '2 ERROR no message specified\n'],
] as const) {
  test(`${args.join(' ')} answers as Juju does`, async () => {
    const [command, ...rest] = args;
    expect(await hook({}, action).call(command, ...rest)).toBe(output);
  });
}

for (const args of [['action-get'], ['action-set', 'a=1'], ['action-fail'], ['action-log', 'x']] as const) {
  test(`${args[0]} needs an action`, async () => {
    const [command, ...rest] = args;
    expect(await hook().call(command, ...rest)).toBe('1 ERROR not running an action\n');
  });
}

const storages = [{ id: 'certs/0', name: 'certs', kind: 'filesystem', location: '/s/certs/0' }];

test("storage is listed and described, the hook's own by itself", async () => {
  const { call } = hook({ storages });
  expect(await call('storage-list', '--format=json')).toBe('["certs/0"]\n');
  expect(await call('storage-list', 'data', '--format=json')).toBe('[]\n');
  expect(await call('storage-get', '--format=json', '-s', 'certs/0')).toBe(
    '{"kind":"filesystem","location":"/s/certs/0"}\n',
  );
  expect(await call('storage-get', '-s', 'certs/9')).toBe('1 ERROR storage "certs/9" not found\n');
  expect(await call('storage-get')).toBe('2 ERROR no storage instance specified\n');
  const attached = hook({ storages }, { hook: 'certs-storage-attached', storage: storages[0]! });
  expect(await attached.call('storage-get', 'location')).toBe('/s/certs/0\n');
  expect(await attached.call('storage-get', 'size')).toBe('1 ERROR invalid storage attribute "size"\n');
});

test('resource-get prints the path without a newline', async () => {
  const { call } = hook({ resources: { image: '/r/image.yaml' } });
  expect(await call('resource-get', 'image')).toBe('/r/image.yaml');
  expect(await call('resource-get', 'no')).toBe('1 ERROR could not download resource: resource "no" not found\n');
});

test("goal-state has the application's units, and the related ones by endpoint", async () => {
  const { call } = hook({
    units: { w: ['w/0'], pg: ['pg/0'] },
    relations: [
      { id: 7, endpoint: 'database', remoteApp: 'pg', remoteUnits: ['pg/0'], since: '2026-01-02T03:04:04.5Z' },
      { id: 2, endpoint: 'peer', remoteApp: 'w', remoteUnits: [] },
    ],
  });
  const unit = '{"status":"unknown","since":"2026-01-02 03:04:05Z"}';
  expect(await call('goal-state', '--format=json')).toBe(
    `{"units":{"w/0":${unit}},"relations":{"database":{"pg":{"status":"joined","since":"2026-01-02 03:04:04Z"},"pg/0":${unit}}}}\n`,
  );
});

test('what Kubernetes does not have is refused', async () => {
  const { call } = hook();
  expect(await call('credential-get')).toBe('1 ERROR credential-get on a "caas" model not supported\n');
  expect(await call('juju-reboot', '--now')).toBe('1 ERROR juju-reboot on a "caas" model not supported\n');
  expect(await call('storage-add', 'data=1')).toContain('1 ERROR ');
  expect(await call('unit-get', 'private-address')).toBe('127.0.0.7\n');
});

test('-o writes the output to a file beside the caller', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'hook-output-'));
  try {
    const { call } = hook({}, { hook: 'install' }, dir);
    expect(await call('is-leader', '--format=json', '-o', 'out')).toBe('');
    expect(readFileSync(join(dir, 'out'), 'utf8')).toBe('true\n');
    expect(await call('is-leader', '--output=no/out')).toBe(`1 ERROR open ${dir}/no/out: no such file or directory\n`);
  } finally {
    rmSync(dir, { recursive: true });
  }
});

test('the table names every command that Juju documents for a Kubernetes charm', () => {
  expect(hookCommandTable.map((row) => row.name)).toEqual(
    `action-fail action-get action-log action-set application-version-set close-port config-get credential-get goal-state
     is-leader juju-log juju-reboot network-get open-port opened-ports relation-get relation-ids relation-list
     relation-model-get relation-set resource-get secret-add secret-get secret-grant secret-ids secret-info-get
     secret-remove secret-revoke secret-set state-delete state-get state-set status-get status-set storage-add
     storage-get storage-list unit-get`.split(/\s+/),
  );
});
