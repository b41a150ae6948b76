import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TestController, until, writeCharm } from './controller.ts';

let controller: TestController;
/** The model of the database, which the model `default` uses. */
let db: TestController;

beforeAll(async () => {
  controller = new TestController();
  db = controller.inModel('db');
  await controller.start();
  await controller.call('addModel', { name: 'db', focus: false, settings: {} });
  const charms = join(controller.scratch, 'charms');
  const charm = (name: string, endpoint: string) =>
    writeCharm(join(charms, name), {
      name,
      // What the other side says is shown, so that a test sees that a hook has seen it. What is told is kept in state: a
      // hook that was cut short is told again, and only what it committed counts.
      body: [
        'case $event in',
        '  *-relation-changed) status-set active "n=$(relation-get --app n "$JUJU_REMOTE_APP")" ;;',
        '  secret-changed) said=$(state-get secrets) || exit 1',
        // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the shell's.
        '    state-set "secrets=${said:+$said; }$JUJU_SECRET_ID $JUJU_SECRET_LABEL" || exit 1 ;;',
        '  start) status-set active "" ;;',
        'esac',
        'told=$(state-get told) && state-set "told=$told $event" || exit 1',
      ].join('\n'),
      files: { 'metadata.yaml': `name: ${name}\n${endpoint}` },
    });
  await controller.deploy(charm('web', 'requires: {db: {interface: sql}}\n'));
  await db.deploy(charm('pg', 'provides: {db: {interface: sql, limit: 1}}\n'));
  await Promise.all([controller.waitForTold('web/0', 'start'), db.waitForTold('pg/0', 'start')]);
  await db.call('offer', { application: 'pg', endpoints: ['db'] });
});
afterAll(() => controller?.destroy());

const integrate = () => controller.call('integrate', { endpoints: ['web', 'admin/db.pg'] });
const killed = async () => {
  await controller.kill();
  await controller.start();
};
/** What the unit was told, of what has been committed. */
const committed = async (at: TestController, unit: string): Promise<string[]> =>
  (await at.exec(unit, 'state-get told')).trim().split(' ');
const relationId = async (at: TestController, unit: string) => (await at.exec(unit, 'relation-ids db')).trim();
const joined = async () => {
  await until('each knows the other', async () => {
    const known = async (at: TestController, unit: string) =>
      (await at.exec(unit, 'for id in $(relation-ids db); do relation-list -r $id; done')).trim() !== '';
    return (await known(controller, 'web/0')) && (await known(db, 'pg/0'));
  });
};

test('a relation across models is there on both sides whenever the controller is killed after it was acknowledged', async () => {
  await integrate();
  await killed();
  await joined();
  for (const [at, unit] of [
    [controller, 'web/0'],
    [db, 'pg/0'],
  ] as const)
    expect((await committed(at, unit)).filter((event) => event === 'db-relation-created')).toHaveLength(1);
});

test('a limit of what is offered holds for relations of other models', async () => {
  await controller.deploy(join(controller.scratch, 'charms', 'web'), { application: 'other' });
  await expect(controller.call('integrate', { endpoints: ['other', 'admin/db.pg'] })).rejects.toThrow(
    /^cannot add relation "other:db pg:db": establishing a new relation for pg:db would exceed its maximum relation limit of 1 \(it is related to remote-[0-9a-f]{32}\)$/,
  );
  await controller.call('removeApplication', { applications: ['other'], force: false, destroyStorage: false });
});

test('what a side has written is seen by the other one, wherever the controller is killed after that', async () => {
  for (let n = 1; n <= 4; n += 1) {
    const [from, unit, to, other] =
      n % 2 === 0 ? ([controller, 'web/0', db, 'pg/0'] as const) : ([db, 'pg/0', controller, 'web/0'] as const);
    await from.exec(unit, `relation-set -r ${await relationId(from, unit)} --app n=${n}`);
    await killed();
    await to.waitForUnit(other, 'active', `n=${n}`);
  }
});

describe('a secret that is granted across models', () => {
  let id: string;
  let uuid: string;

  test('is named with its model in the databag, and read by the other side alone', async () => {
    const there = await relationId(db, 'pg/0');
    id = (await db.exec('pg/0', 'secret-add --label=admin password=value-one')).trim().replace(/^secret:/, '');
    uuid = (await db.call('showModel', {}))['model-uuid'];
    const uri = `secret://${uuid}/${id}`;
    expect(await controller.exec('web/0', `secret-get ${uri} 2>&1`)).toBe(`ERROR secret "${id}" not found\n`);
    await db.exec('pg/0', `secret-grant ${id} -r ${there}; relation-set -r ${there} --app auth=secret:${id}`);
    const here = await relationId(controller, 'web/0');
    await until(
      'the other side has it',
      async () => (await controller.exec('web/0', `relation-get -r ${here} --app auth pg`)) !== '\n',
    );
    expect(await controller.exec('web/0', `relation-get -r ${here} --app auth pg`)).toBe(`${uri}\n`);
    expect(await controller.exec('web/0', `secret-get ${uri} password --label=mine`)).toBe('value-one\n');
    expect(await controller.exec('web/0', 'secret-get --label=mine')).toBe('password: value-one\n');
    const shown = (await db.call('showSecret', { secret: id, revision: 0, reveal: false })).secrets[0];
    expect(shown?.access).toEqual([
      { target: expect.stringMatching(/^application-remote-[0-9a-f]{32}$/), scope: expect.any(String), role: 'view' },
    ]);
    // An application of the same name in the owner's model has no part in it.
    await db.deploy(join(controller.scratch, 'charms', 'web'), { application: 'web' });
    await db.waitForTold('web/0', 'start');
    expect(await db.exec('web/0', `secret-get ${id} 2>&1`)).toBe('ERROR permission denied\n');
  });

  test('is told of anew with its model’s name, and read anew when the reader wants it', async () => {
    await db.exec('pg/0', `secret-set ${id} password=value-two`);
    await killed();
    await controller.waitForTold('web/0', 'secret-changed');
    await controller.settled();
    expect(await controller.exec('web/0', 'state-get secrets')).toBe(`secret://${uuid}/${id} mine\n`);
    expect(await controller.exec('web/0', `secret-get ${id} password`)).toBe('value-one\n');
    expect(await controller.exec('web/0', `secret-get --label=mine --refresh`)).toBe('password: value-two\n');
    // Nobody reads the old one any more, and its owner is told.
    await db.waitForTold('pg/0', 'secret-remove');
  });

  test('is not told in a capture of the reader', async () => {
    await db.exec('pg/0', `relation-set -r ${await relationId(db, 'pg/0')} --app slip=value-two`);
    const { state } = await controller.call('capture', { unit: 'web/0' });
    expect(JSON.stringify(state)).toContain('"slip":"***"');
  });

  test('is out of reach when the relation ends, and is read again after another one', async () => {
    await controller.call('removeRelation', { endpoints: ['web', 'pg'], force: false });
    await killed();
    await until(
      'the relation has gone',
      async () => (await relationId(controller, 'web/0')) === '' && (await relationId(db, 'pg/0')) === '',
    );
    expect(await controller.exec('web/0', `secret-get ${id} 2>&1`)).toBe(`ERROR secret "${id}" not found\n`);
    await db.exec('pg/0', `secret-set ${id} password=value-three`);
    expect((await committed(controller, 'web/0')).filter((event) => event === 'secret-changed')).toHaveLength(1);
    await integrate();
    await joined();
    await db.exec('pg/0', `secret-grant ${id} -r ${await relationId(db, 'pg/0')}`);
    expect(await controller.exec('web/0', `secret-get ${id} password`)).toBe('value-three\n');
  });
});

test('a model that consumes is destroyed in order, and who offers is told', async () => {
  await controller.call('destroyModel', { force: false });
  await db.settled();
  expect((await committed(db, 'pg/0')).filter((event) => event === 'db-relation-broken')).toHaveLength(2);
  expect((await db.call('offers', {})).offers[0]?.connections).toEqual([]);
});
