import { expect, test } from 'vitest';
import type { HookEvent } from '../../../../src/controller/hook/event.ts';
import { hook } from './call.ts';
import type { MemoryFacts } from './memory-model.ts';

const related: MemoryFacts = {
  relations: [
    { id: 7, endpoint: 'database', remoteApp: 'pg', remoteUnits: ['pg/0'] },
    { id: 10, endpoint: 'database', remoteApp: 'other', remoteUnits: [] },
    { id: 2, endpoint: 'peer', remoteApp: 'w', remoteUnits: ['w/1'] },
  ],
  databags: {
    '7 w/0': { 'ingress-address': '127.0.0.7' },
    '7 w': { mine: 'app' },
    '7 pg/0': { host: 'h', port: '5432' },
    '7 pg': { endpoints: 'h:5432' },
    '2 w': { shared: 's' },
    '2 w/1': { peer: 'p' },
  },
};

function changed(remoteUnit: string, hookName = 'database-relation-changed'): HookEvent {
  return { hook: hookName, relation: { endpoint: 'database', id: 7, remoteApp: 'pg', remoteUnit } };
}

for (const [args, output] of [
  [['database', '--format=json'], '["database:10","database:7"]\n'],
  [['nothing', '--format=json'], '[]\n'],
  [['database'], 'database:10\ndatabase:7\n'],
  [[], '2 ERROR no endpoint name specified\n'],
] as const) {
  test(`relation-ids ${args.join(' ')} answers as Juju does`, async () => {
    expect(await hook(related).call('relation-ids', ...args)).toBe(output);
  });
}

test('relation-ids names the endpoint of a relation hook by itself', async () => {
  expect(await hook(related, changed('pg/0')).call('relation-ids', '--format=json')).toBe(
    '["database:10","database:7"]\n',
  );
});

for (const [args, output] of [
  [['-r', '7', '--format=json'], '["pg/0"]\n'],
  [['-r', 'database:10', '--format=json'], '[]\n'],
  [['--relation=7', '--app', '--format=json'], '"pg"\n'],
  [['-r2', '--app', '--format=json'], '"w"\n'],
  [['-r', '99'], '2 ERROR invalid value "99" for option -r: relation not found\n'],
  [['-r', 'x'], '2 ERROR invalid value "x" for option -r: invalid relation id\n'],
  [[], '2 ERROR no relation id specified\n'],
] as const) {
  test(`relation-list ${args.join(' ')} answers as Juju does`, async () => {
    expect(await hook(related).call('relation-list', ...args)).toBe(output);
  });
}

test('relation-list has the unit that joins, and no longer the one that departs', async () => {
  const joined = hook(related, changed('pg/1', 'database-relation-joined'));
  expect(await joined.call('relation-list', '--format=json')).toBe('["pg/0","pg/1"]\n');
  const departed = hook(related, changed('pg/0', 'database-relation-departed'));
  expect(await departed.call('relation-list', '--format=json')).toBe('[]\n');
});

for (const [args, output] of [
  [['-r', '7', '-', 'pg/0', '--format=json'], '{"host":"h","port":"5432"}\n'],
  [['-r', '7', 'port', 'pg/0'], '5432\n'],
  [['-r', '7', 'nothing', 'pg/0', '--format=json'], 'null\n'],
  [['-r', '7', '--app', '-', 'pg', '--format=json'], '{"endpoints":"h:5432"}\n'],
  [['-r', '7', '--app', '-', 'pg/3', '--format=json'], '{"endpoints":"h:5432"}\n'],
  [['-r', '7', '-', 'w/0', '--format=json'], '{"ingress-address":"127.0.0.7"}\n'],
  [['-r', '7', '-', 'w/1'], '1 ERROR permission denied\n'],
  [['-r', '2', '-', 'w/1', '--format=json'], '{"peer":"p"}\n'],
  [['-r', '7', '-', 'stranger/0'], '1 ERROR permission denied\n'],
  [['-r', '7', '-', 'pg'], '2 ERROR expected unit name, got application name "pg"\n'],
  [['-r', '7', '-', 'PG/0'], '2 ERROR invalid unit name "PG/0"\n'],
  [['-r', '7'], '2 ERROR no unit or application specified\n'],
  [['-r', '7', 'a', 'pg/0', 'b'], '2 ERROR unrecognized args: ["b"]\n'],
] as const) {
  test(`relation-get ${args.join(' ')} answers as Juju does`, async () => {
    expect(await hook(related).call('relation-get', ...args)).toBe(output);
  });
}

test('relation-get takes unit and application from a relation hook', async () => {
  expect(await hook(related, changed('pg/0')).call('relation-get', 'host')).toBe('h\n');
  expect(await hook(related, changed('')).call('relation-get', '--format=json')).toBe('{"endpoints":"h:5432"}\n');
});

for (const { name, leader, relation, output } of [
  { name: 'the leader reads its application databag', leader: 'w/0', relation: '7', output: '{"mine":"app"}\n' },
  {
    name: 'another unit may not read its application databag',
    leader: 'w/1',
    relation: '7',
    output: '1 ERROR permission denied\n',
  },
  {
    name: 'every peer reads the application databag of the peer relation',
    leader: 'w/1',
    relation: '2',
    output: '{"shared":"s"}\n',
  },
]) {
  test(name, async () => {
    const { call } = hook({ ...related, leader });
    expect(await call('relation-get', '-r', relation, '--app', '-', 'w', '--format=json')).toBe(output);
  });
}

test('relation-set is seen by the same hook, and committed at its end', async () => {
  const { call, context, model } = hook(related);
  expect(await call('relation-set', '-r', '7', 'a=1', 'ingress-address=')).toBe('');
  expect(await call('relation-set', '-r', '7', '--app', 'b==2')).toBe('');
  expect(await call('relation-get', '-r', '7', '-', 'w/0', '--format=json')).toBe('{"a":"1"}\n');
  expect(await call('relation-get', '-r', '7', '--app', '-', 'w', '--format=json')).toBe('{"b":"=2","mine":"app"}\n');
  context.commit();
  expect(model.commits[0]?.settings).toEqual([
    { relation: 7, entity: 'w/0', changes: { a: '1', 'ingress-address': '' } },
    { relation: 7, entity: 'w', changes: { b: '=2' } },
  ]);
});

test('writing what is in a databag already is no change', async () => {
  const { call, context, model } = hook(related);
  await call('relation-set', '-r', '7', 'ingress-address=127.0.0.7', 'absent=');
  context.commit();
  expect(model.commits[0]?.settings).toEqual([]);
});

test('relation-set reads a file or its standard input, and arguments win over it', async () => {
  const { callWith, call } = hook(related);
  expect(
    await callWith('a: 1.10\nb: true\nc: "x: y"\nd: null\ne: old\n', 'relation-set', '-r', '7', '--file', '-', 'e=new'),
  ).toBe('');
  expect(await callWith('{"f":"é\\n<"}', 'relation-set', '-r', '7', '--file=-')).toBe('');
  expect(await call('relation-get', '-r', '7', '-', 'w/0', '--format=json')).toBe(
    '{"a":"1.10","b":"true","c":"x: y","e":"new","f":"é\\n\\u003c","ingress-address":"127.0.0.7"}\n',
  );
  expect(await call('relation-set', '-r', '7', '--file', 'gone.yaml')).toBe(
    '1 ERROR open /nowhere/gone.yaml: no such file or directory\n',
  );
});

for (const { name, text, output } of [
  {
    name: 'a list',
    text: '[1]',
    output: '1 ERROR yaml: unmarshal errors:\n  line 1: cannot unmarshal !!seq into map[string]string\n',
  },
  {
    name: 'a nested map',
    text: 'a: {b: c}',
    output: '1 ERROR yaml: unmarshal errors:\n  cannot unmarshal !!map into string\n',
  },
  { name: 'nothing', text: '', output: '' },
]) {
  test(`relation-set --file answers to ${name}`, async () => {
    expect(await hook(related).callWith(text, 'relation-set', '-r', '7', '--file', '-')).toBe(output);
  });
}

test('relation-set --app is for the leader', async () => {
  expect(await hook({ ...related, leader: 'w/1' }).call('relation-set', '-r', '7', '--app', 'a=1')).toBe(
    '1 ERROR cannot write relation settings\n',
  );
});

test('relation-set refuses what is no key=value, and keys that come twice', async () => {
  const { call } = hook(related);
  expect(await call('relation-set', '-r', '7', 'a')).toBe('2 ERROR expected "key=value", got "a"\n');
  expect(await call('relation-set', '-r', '7', 'a=1', 'a=2')).toBe('2 ERROR key "a" specified more than once\n');
});

test('relation-model-get tells the model', async () => {
  expect(await hook(related).call('relation-model-get', '-r', '7', '--format=json')).toBe(
    '{"uuid":"cdac5656-2423-4388-8f30-41854b4cca7d"}\n',
  );
});
