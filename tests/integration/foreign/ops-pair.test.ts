import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TestController, until } from '../controller/controller.ts';
import { layOutCharm, opsLibrary } from './ops-library.ts';

const library = await opsLibrary();
let controller: TestController;

beforeAll(async () => {
  if (!library) return;
  controller = new TestController();
  const charm = layOutCharm(join(controller.scratch, 'charm'), library, 'partner-charm');
  await controller.start();
  await controller.deploy(charm, { application: 'giver', units: 2 });
  await controller.deploy(charm, { application: 'taker' });
  await Promise.all(['giver/0', 'giver/1', 'taker/0'].map((unit) => controller.waitForUnit(unit, 'active')));
});
afterAll(() => controller?.destroy());

/** Runs lines of Python in the unit's charm; what they leave in `result`, or how they failed. */
async function python(unit: string, code: string): Promise<unknown> {
  const operation = await controller.call('run', {
    units: [unit],
    action: 'python',
    params: { code },
    waitMs: 120_000,
    background: false,
  });
  const task = operation.tasks[unit];
  return task?.status === 'completed' ? JSON.parse(String(task.results?.json)) : (task?.message ?? operation);
}

/** What the unit was told since `from`, other than update-status. */
const told = (unit: string, from = 0): string[] =>
  controller
    .told(unit)
    .slice(from)
    .filter((line) => line !== 'update_status');

const waitForLine = (unit: string, line: string, times = 1): Promise<unknown> =>
  until(`${unit} is told ${line}`, async () => told(unit).filter((each) => each === line).length >= times).catch(
    (error: Error) => {
      throw new Error(`${error.message}; it was told ${JSON.stringify(told(unit))}`);
    },
  );

const relation = "r = model.get_relation('gives') or model.get_relation('takes')\n";

test.skipIf(!library)('options arrive with their types, and one without a value is not there', async () => {
  const read = 'result = {k: [type(v).__name__, v] for k, v in self.config.items()}';
  expect(await python('taker/0', read)).toEqual({
    word: ['str', 'none'],
    count: ['int', 3],
    ratio: ['float', 0.5],
    flag: ['bool', true],
  });
  const { id } = await controller.call('addSecret', { name: 'tok', info: '', content: { words: ['token=abc'] } });
  await controller.call('grantSecret', { secret: id, applications: ['taker'] });
  await controller.config('taker', { count: '-7', ratio: '2', flag: 'False', token: `secret:${id}` });
  await waitForLine('taker/0', 'config_changed', 2);
  expect(await python('taker/0', read)).toEqual({
    word: ['str', 'none'],
    count: ['int', -7],
    // Juju prints a whole float without a point, and ops takes it for what it looks like.
    ratio: ['int', 2],
    flag: ['bool', false],
    token: ['str', `secret:${id}`],
  });
  const open = "result = model.get_secret(id=self.config['token']).get_content()";
  expect(await python('taker/0', open)).toEqual({ token: 'abc' });
});

test.skipIf(!library)(
  'a storage is told as attached, by its name and place, and is there for every later hook',
  async () => {
    await waitForLine('taker/0', 'shelf_storage_attached shelf/2 there');
    const read = "result = [[s.full_id, s.location.is_dir()] for s in model.storages['shelf']]";
    expect(await python('taker/0', read)).toEqual([['shelf/2', true]]);
  },
);

test.skipIf(!library)('an event that was put off comes again before the next one', async () => {
  const before = told('taker/0').length;
  await controller.config('taker', { word: 'defer' });
  await controller.waitForUnit('taker/0', 'active', 'word defer');
  expect(told('taker/0', before)).toEqual(['config_changed']);
  await controller.config('taker', { word: 'done' });
  await controller.waitForUnit('taker/0', 'active', 'word done');
  expect(told('taker/0', before)).toEqual(['config_changed', 'config_changed', 'config_changed']);
});

test.skipIf(!library)(
  'the worst of the collected statuses is shown, and the leader speaks for the application',
  async () => {
    await controller.config('taker', { word: 'bad' });
    await controller.waitForUnit('taker/0', 'blocked', 'bad word');
    await controller.config('taker', { word: 'good' });
    await controller.waitForUnit('taker/0', 'active', 'word good');
    const { applications } = await controller.status();
    expect(applications.giver?.['application-status']).toMatchObject({ current: 'active', message: 'led by giver/0' });
  },
);

test.skipIf(!library)('two charms hear of each other in the order of Juju', async () => {
  await controller.call('integrate', { endpoints: ['giver:gives', 'taker:takes'] });
  for (const giver of ['giver/0', 'giver/1']) {
    await waitForLine('taker/0', `takes_relation_changed ${giver}`);
    await waitForLine(giver, 'gives_relation_changed taker/0');
  }
  expect(told('giver/0').filter((line) => line.startsWith('gives'))).toEqual([
    'gives_relation_created taker',
    'gives_relation_joined taker/0',
    'gives_relation_changed taker/0',
  ]);
  expect(await python('taker/0', `${relation}result = sorted(unit.name for unit in r.units)`)).toEqual([
    'giver/0',
    'giver/1',
  ]);
});

test.skipIf(!library)('databags are read and written as Juju permits, and ops says so in its errors', async () => {
  expect(
    await python('giver/0', `${relation}r.data[self.app]['all'] = 'app'\nr.data[self.unit]['mine'] = 'unit'`),
  ).toBe(null);
  await waitForLine('taker/0', 'takes_relation_changed giver');
  await waitForLine('taker/0', 'takes_relation_changed giver/0', 2);
  const seen = `${relation}result = [dict(r.data[r.app]), r.data[next(u for u in r.units if u.name == 'giver/0')]['mine']]`;
  expect(await python('taker/0', seen)).toEqual([{ all: 'app' }, 'unit']);
  for (const [unit, code, error] of [
    ['giver/1', "r.data[self.app]['x'] = 'y'", /^RelationDataAccessError: giver\/1 is not leader and cannot write/],
    ['giver/1', 'result = dict(r.data[self.app])', /^RelationDataAccessError: giver\/1 is not leader and cannot read/],
    [
      'taker/0',
      "r.data[r.app]['x'] = 'y'",
      /^RelationDataAccessError: taker cannot write the data of remote application giver/,
    ],
    [
      'taker/0',
      "r.data[next(iter(r.units))]['x'] = 'y'",
      /^RelationDataAccessError: taker\/0 cannot write databag of giver\/\d/,
    ],
    ['taker/0', "r.data[self.unit]['x'] = 7", /^RelationDataTypeError: /],
  ] as const)
    expect(await python(unit, relation + code)).toMatch(error);
  // Below ops: the words of Juju itself.
  for (const [unit, command, error] of [
    ['giver/1', 'relation-set -r $(relation-ids gives) --app a=b', 'ERROR cannot write relation settings\n'],
    ['giver/1', 'relation-get -r $(relation-ids gives) --app - giver', 'ERROR permission denied\n'],
  ] as const)
    expect(await controller.exec(unit, `${command} 2>&1 || true`)).toBe(error);
  expect(await python('giver/0', `${relation}del r.data[self.unit]['mine']`)).toBe(null);
  await waitForLine('taker/0', 'takes_relation_changed giver/0', 3);
  expect(await python('giver/0', `${relation}result = r.data[self.unit].get('mine')`)).toBe(null);
});

test.skipIf(!library)('a secret of the application goes through its whole life', async () => {
  const add = `${relation}s = self.app.add_secret({'token': 'first'}, label='key')
s.grant(r)
r.data[self.app]['key'] = s.id
result = s.id`;
  const id = String(await python('giver/0', add)).replace('secret:', '');
  await waitForLine('taker/0', 'takes_relation_changed giver', 2);
  const read = `${relation}s = model.get_secret(id=r.data[r.app]['key'], label='theirs')\nresult = s.get_content()`;
  expect(await python('taker/0', read)).toEqual({ token: 'first' });

  // A new revision: a reader, the owner too, keeps its own until it asks; the owner hears when nobody reads the old one.
  const renew =
    "s = model.get_secret(label='key')\ns.set_content({'token': 'second'})\nresult = s.get_content(refresh=True)";
  expect(await python('giver/0', renew)).toEqual({ token: 'second' });
  await waitForLine('taker/0', 'secret_changed theirs');
  const both = "s = model.get_secret(label='theirs')\nresult = [s.get_content(), s.peek_content()]";
  expect(await python('taker/0', both)).toEqual([{ token: 'first' }, { token: 'second' }]);
  expect(await python('taker/0', "result = model.get_secret(label='theirs').get_content(refresh=True)")).toEqual({
    token: 'second',
  });
  await waitForLine('giver/0', 'secret_remove key revision=1');
  await until('the old revision has gone', async () => {
    const { secrets } = await controller.call('showSecret', { secret: id, revision: 0, reveal: false });
    return secrets[0]?.revisions.map(({ revision }) => revision).join() === '2';
  });

  // Only the leader manages it; every unit of the owner may read it, nobody else without a grant.
  expect(await python('giver/1', `result = model.get_secret(id='${id}').get_content()`)).toEqual({ token: 'second' });
  expect(await python('giver/1', `model.get_secret(id='${id}').set_content({'token': 'theirs'})`)).toMatch(
    /is not the leader|permission denied|not found/,
  );
  expect(await python('taker/0', `model.get_secret(id='${id}').set_content({'token': 'theirs'})`)).not.toBe(null);

  const revoke = `${relation}model.get_secret(label='key').revoke(r)`;
  expect(await python('giver/0', revoke)).toBe(null);
  expect(await python('taker/0', `result = model.get_secret(id='${id}').peek_content()`)).toMatch(
    /^(ModelError|SecretNotFoundError): .*permission denied/,
  );
  expect(await python('giver/0', "model.get_secret(label='key').remove_all_revisions()")).toBe(null);
  expect(await python('giver/0', "result = model.get_secret(label='key').get_content()")).toMatch(
    /^SecretNotFoundError: /,
  );
});

test.skipIf(!library)('a secret of a unit is rotated, expires, and is nobody else’s', async () => {
  const add = `import datetime
s = self.unit.add_secret({'token': 'mine'}, label='brief', expire=datetime.timedelta(seconds=2), rotate=ops.SecretRotate.HOURLY)
result = s.id`;
  const id = String(await python('giver/1', add)).replace('secret:', '');
  await waitForLine('giver/1', 'secret_expired brief revision=1');
  const info = "i = model.get_secret(label='brief').get_info()\nresult = [i.revision, i.rotation.value]";
  expect(await python('giver/1', info)).toEqual([1, 'hourly']);
  expect(await python('giver/0', `result = model.get_secret(id='${id}').get_content()`)).toMatch(
    /permission denied|not found/,
  );
});

test.skipIf(!library)(
  'when the leader’s unit goes another one leads, and the others hear that it departed',
  async () => {
    const { applications } = await controller.status();
    expect(applications.giver?.units?.['giver/0']?.leader).toBe(true);
    await controller.call('scale', { application: 'giver', to: 1, force: false });
    await waitForLine('taker/0', 'takes_relation_departed giver/1 departing=giver/1');
    await waitForLine('giver/0', 'mates_relation_departed giver/1 departing=giver/1');
    await controller.waitFor(
      'one is left',
      (status) => Object.keys(status.applications.giver?.units ?? {}).length === 1,
    );
    await controller.call('scale', { application: 'giver', to: 0, force: false });
    await controller.waitFor(
      'none is left',
      (status) => Object.keys(status.applications.giver?.units ?? {}).length === 0,
    );
    await controller.call('scale', { application: 'giver', to: 1, force: false });
    await controller.waitForUnit('giver/0', 'active');
    expect((await controller.unit('giver/0'))?.leader).toBe(true);
    // What the application wrote outlives its units.
    expect(await python('giver/0', `${relation}result = r.data[self.app]['all']`)).toBe('app');
  },
);

test.skipIf(!library)('a relation that is removed ends with departed and broken, and takes grants along', async () => {
  const add = `${relation}s = self.app.add_secret({'token': 'shared'}, label='late')\ns.grant(r)\nresult = s.id`;
  const id = String(await python('giver/0', add));
  const get = `result = model.get_secret(id='${id}').get_content()`;
  expect(await python('taker/0', get)).toEqual({ token: 'shared' });
  // Who was not told of a unit is not told that it departs.
  await waitForLine('taker/0', 'takes_relation_joined giver/0', 2);
  await controller.call('removeRelation', { endpoints: ['giver', 'taker'], force: false });
  await waitForLine('taker/0', 'takes_relation_broken giver');
  expect(told('taker/0').at(-2)).toMatch(/^takes_relation_departed giver\/0 departing=giver\/0$/);
  await until(
    'it has gone',
    async () => (await controller.status()).integrations?.every(({ type }) => type === 'peer') ?? false,
  );
  expect(await python('taker/0', get)).toMatch(/permission denied/);
});
