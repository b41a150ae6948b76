import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { CommitRefused } from '../../../../src/controller/hook/model.ts';
import { hook } from './call.ts';
import type { MemoryFacts } from './memory-model.ts';

const mine = '9m4e2mr0ui3e8a215n4g';
const ours = '9m4e2mr0ui3e8a215n50';
const theirs = '9m4e2mr0ui3e8a215n5g';
const hidden = '9m4e2mr0ui3e8a215n60';

function facts(): MemoryFacts {
  return {
    relations: [{ id: 7, endpoint: 'database', remoteApp: 'pg', remoteUnits: ['pg/0'] }],
    secrets: {
      [mine]: { owner: 'unit-w-0', label: 'nonce', revisions: [{ user: 'a', token: 'x' }] },
      [ours]: { owner: 'application-w', label: 'shared', revisions: [{ key: 'one' }, { key: 'two' }] },
      [theirs]: {
        owner: 'application-pg',
        revisions: [{ password: 'old' }, { password: 'new' }],
        grants: [{ target: 'application-w', relation: 7 }],
      },
      [hidden]: { owner: 'application-pg', revisions: [{ password: 'p' }] },
    },
  };
}

const base64 = (text: string) => Buffer.from(text).toString('base64');

test('secret-add prints an id that can be used in the same hook, and is committed at its end', async () => {
  const { call, context, model } = hook(facts());
  const uri = await call(
    'secret-add',
    '--label',
    'db',
    '--rotate',
    'daily',
    '--owner',
    'unit',
    'token=s3cret==',
    'data#base64=AAE=',
  );
  expect(uri).toMatch(/^secret:[0-9a-v]{20}\n$/);
  const id = uri.trim().slice('secret:'.length);
  expect(await call('secret-get', `secret:${id}`, 'token')).toBe('s3cret==\n');
  expect(await call('secret-get', id, 'data#base64')).toBe('AAE=\n');
  expect(await call('secret-get', '--label', 'db', '--format=json')).toBe(
    '{"data":"\\u0000\\u0001","token":"s3cret=="}\n',
  );
  expect(await call('secret-info-get', '--label=db', '--format=json')).toBe(
    `{"${id}":{"revision":1,"label":"db","owner":"unit","rotation":"daily"}}\n`,
  );
  expect(await call('secret-grant', id, '-r', 'database:7')).toBe('');
  context.commit();
  expect(model.commits[0]?.secretsAdded).toEqual([
    { id, owner: 'unit-w-0', label: 'db', rotation: 'daily', content: { token: base64('s3cret=='), data: 'AAE=' } },
  ]);
  expect(model.commits[0]?.secretsGranted).toEqual([{ id, grant: { target: 'application-pg', relation: 7 } }]);
});

test('secret-add reads values from files, relative to where it is called', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'hook-secret-'));
  try {
    writeFileSync(join(dir, 'binary'), Buffer.from([0, 255, 10]));
    writeFileSync(join(dir, 'all.yaml'), 'other: from file\n');
    const { call, context, model } = hook(facts(), { hook: 'install' }, dir);
    expect(await call('secret-add', 'key#file=binary', '--file', 'all.yaml')).toMatch(/^secret:/);
    context.commit();
    expect(model.commits[0]?.secretsAdded[0]?.content).toEqual({ key: 'AP8K', other: base64('from file') });
    expect(await call('secret-add', 'key#file=gone')).toBe(`1 ERROR open ${dir}/gone: no such file or directory\n`);
  } finally {
    rmSync(dir, { recursive: true });
  }
});

for (const [args, output] of [
  [[], '2 ERROR missing secret value or filename\n'],
  [['ab=1'], '2 ERROR key "ab" not valid\n'],
  [['Token=1'], '2 ERROR key "Token" not valid\n'],
  [['token'], '2 ERROR key value "token" not valid\n'],
  [['token#base64=?'], '2 ERROR base64 value of key "token" not valid\n'],
  [['--rotate=often', 'token=1'], '2 ERROR rotate policy "often" not valid\n'],
  [['--owner=model', 'token=1'], '2 ERROR secret owner "model" not valid\n'],
  [['--expire=soon', 'token=1'], '2 ERROR expire time or duration "soon" not valid\n'],
  [['--expire=-1h', 'token=1'], '2 ERROR negative expire duration "-1h" not valid\n'],
] as const) {
  test(`secret-add ${args.join(' ')} answers as Juju does`, async () => {
    expect(await hook(facts()).call('secret-add', ...args)).toBe(output);
  });
}

test('secret-add for the application is for the leader', async () => {
  expect(await hook({ ...facts(), leader: 'w/1' }).call('secret-add', 'token=1')).toBe(
    '1 ERROR this unit is not the leader\n',
  );
});

test('the first secret-get pins the latest revision, and later ones stay with it until --refresh', async () => {
  const world = facts();
  const { call, model } = hook(world);
  expect(await call('secret-get', theirs, '--label', 'pw', '--format=json')).toBe('{"password":"new"}\n');
  expect(model.consumed('w/0', theirs)).toEqual({ revision: 2, label: 'pw' });
  world.secrets![theirs]!.revisions.push({ password: 'newest' });
  expect(await call('secret-get', '--label', 'pw')).toBe('password: new\n');
  expect(
    await call('secret-get', `secret://cdac5656-2423-4388-8f30-41854b4cca7d/${theirs}`, '--peek', 'password'),
  ).toBe('newest\n');
  expect(await call('secret-get', theirs, 'password')).toBe('new\n');
  expect(await call('secret-get', theirs, '--refresh', 'password')).toBe('newest\n');
  expect(model.consumed('w/0', theirs)).toEqual({ revision: 3, label: 'pw' });
});

for (const [args, output] of [
  [[hidden], '1 ERROR permission denied\n'],
  [['00000000000000000000'], '1 ERROR secret "00000000000000000000" not found\n'],
  [['--label', 'nothing'], '1 ERROR consumer label "nothing" not found\n'],
  [['short'], '2 ERROR secret URI "short" not valid\n'],
  [[], '2 ERROR require either a secret URI or label\n'],
  [[theirs, '--peek', '--refresh'], '2 ERROR specify one of --peek or --refresh but not both\n'],
  [[theirs, 'nothing'], '1 ERROR secret key value "nothing" not found\n'],
  [['--label', 'shared'], 'key: two\n'],
  [['--label', 'shared', 'key'], '2 ERROR secret URI "key" not valid\n'],
  [[theirs], 'password: new\n'],
  [[theirs, 'password#base64', '--format=json'], `"${base64('new')}"\n`],
] as const) {
  test(`secret-get ${args.join(' ')} answers as Juju does`, async () => {
    expect(await hook(facts()).call('secret-get', ...args)).toBe(output);
  });
}

test('secret-set replaces the content, which the owner sees by --peek and --refresh before the hook ends', async () => {
  const { call, context, model } = hook(facts());
  await call('secret-get', mine);
  expect(await call('secret-set', mine, 'user=b', '--description', 'd')).toBe('');
  expect(await call('secret-get', mine, 'user')).toBe('a\n');
  expect(await call('secret-get', mine, '--peek', '--format=json')).toBe('{"user":"b"}\n');
  expect(await call('secret-get', mine, '--refresh', 'user')).toBe('b\n');
  context.commit();
  expect(model.commits[0]).toMatchObject({
    secretsChanged: [{ id: mine, description: 'd', content: { user: base64('b') } }],
    secretsTracked: [mine],
  });
});

test('changing a secret of somebody else makes the commit fail', async () => {
  const { call, context } = hook(facts());
  expect(await call('secret-set', theirs, 'password=mine')).toBe('');
  expect(() => context.commit()).toThrow(new CommitRefused('permission denied'));
});

test('only the leader changes a secret of the application', async () => {
  const { call } = hook({ ...facts(), leader: 'w/1' });
  expect(await call('secret-set', ours, 'key=3')).toBe('1 ERROR this unit is not the leader\n');
  expect(await call('secret-remove', ours)).toBe('1 ERROR this unit is not the leader\n');
  expect(await call('secret-ids', '--format=json')).toBe(`["${mine}"]\n`);
});

test('secret-ids has the own secrets with what this hook added and removed', async () => {
  const { call } = hook(facts());
  expect(await call('secret-ids')).toBe(`${mine}\n${ours}\n`);
  await call('secret-remove', mine);
  expect(await call('secret-ids', '--format=json')).toBe(`["${ours}"]\n`);
  expect(await hook().call('secret-ids', '--format=json')).toBe('null\n');
  expect(await hook().call('secret-ids')).toBe('');
});

test('secret-remove takes single revisions, or the whole', async () => {
  const { call, context, model } = hook(facts());
  await call('secret-remove', ours, '--revision', '1');
  await call('secret-remove', mine, '--revision=1');
  await call('secret-remove', mine);
  context.commit();
  expect(model.commits[0]?.secretsRemoved).toEqual([
    { id: ours, revision: 1 },
    { id: mine, revision: null },
  ]);
});

test('secret-grant and secret-revoke show in secret-info-get, and a grant that is there is not given twice', async () => {
  const { call, context, model } = hook(facts());
  await call('secret-grant', mine, '-r', '7', '--unit', 'pg/0');
  await call('secret-grant', mine, '-r', '7', '--unit', 'pg/0');
  expect(await call('secret-info-get', mine, '--format=json')).toBe(
    `{"${mine}":{"revision":1,"label":"nonce","owner":"unit","access":[{"target":"unit-pg-0","scope":"relation-w.database#pg.db","role":"view"}]}}\n`,
  );
  expect(await call('secret-grant', mine, '-r', '7')).toBe(
    '1 ERROR any unit level grants need to be revoked before granting access to the corresponding application\n',
  );
  expect(await call('secret-revoke', mine, '--unit', 'pg/0')).toBe('');
  expect(await call('secret-info-get', mine, '--format=json')).toBe(
    `{"${mine}":{"revision":1,"label":"nonce","owner":"unit"}}\n`,
  );
  context.commit();
  expect(model.commits[0]?.secretsGranted).toHaveLength(1);
  expect(model.commits[0]?.secretsRevoked).toEqual([{ id: mine, target: 'unit-pg-0', relation: null }]);
});

for (const [args, output] of [
  [
    ['secret-grant', mine, '-r', '7', '--unit', 'w/0'],
    '2 ERROR cannot specify unit "w/0" in relation to application "pg"\n',
  ],
  [['secret-grant', mine], '2 ERROR no relation id specified\n'],
  [['secret-grant', theirs, '-r', '7'], `1 ERROR secret "${theirs}" not found\n`],
  [['secret-revoke', mine], '2 ERROR missing relation or application or unit\n'],
  [['secret-revoke', mine, '--app', 'pg', '-r', '7'], '2 ERROR do not specify both relation and app\n'],
  [['secret-info-get', theirs], `1 ERROR secret "${theirs}" not found\n`],
  [['secret-info-get', mine, '--label', 'x'], '2 ERROR specify either a secret URI or label but not both\n'],
] as const) {
  test(`${args.join(' ')} answers as Juju does`, async () => {
    const [command, ...rest] = args;
    expect(await hook(facts()).call(command, ...rest)).toBe(output);
  });
}
