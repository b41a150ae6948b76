import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TestController, until, writeCharm } from './controller.ts';

let controller: TestController;
let charms: string;

beforeAll(async () => {
  controller = new TestController();
  charms = join(controller.scratch, 'charms');
  await controller.start();
});
afterAll(() => controller?.destroy());

/** A charm that writes down each event with its relation variables, and tells the other side its name. */
function related(name: string, endpoints: string, body = ''): string {
  return writeCharm(join(charms, name), {
    name,
    body: [
      `echo "$JUJU_UNIT_NAME $event $JUJU_RELATION $JUJU_RELATION_ID|$JUJU_REMOTE_APP|$JUJU_REMOTE_UNIT|$JUJU_DEPARTING_UNIT|$(relation-list -r "$JUJU_RELATION_ID" 2>/dev/null | tr '\\n' ' ')" >>${log()}`,
      body,
    ].join('\n'),
    files: { 'metadata.yaml': `name: ${name}\npeers: {peer: {interface: ${name}}}\n${endpoints}` },
  });
}
const log = () => join(controller.scratch, 'log');
/** The relation events that a unit was told, without the ids. */
const heard = (unit: string): string[] =>
  readFileSync(log(), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith(`${unit} `) && /-relation-/.test(line) && !/ peer-/.test(line))
    .map((line) => line.slice(unit.length + 1).trimEnd());
const relationsOf = async (unit: string): Promise<[{ id: number }, ...{ id: number }[]]> => {
  const shown = (await controller.call('showUnit', { units: [unit] }))[unit] as Record<string, never[]>;
  const ids = shown['relation-info']!.map((info) => info['relation-id'] as number);
  return ids.slice(1).map((id) => ({ id })) as [{ id: number }];
};
const integrate = (one: string, other: string) => controller.call('integrate', { endpoints: [one, other] });

describe('two applications', () => {
  test('are related by their one pair of endpoints, and told so with Juju’s variables', async () => {
    await controller.deploy(related('web', 'requires: {db: {interface: sql}}\n'));
    await controller.deploy(related('pg', 'provides: {db: {interface: sql, limit: 1}}\n'));
    await Promise.all(['web/0', 'pg/0'].map((unit) => controller.waitForTold(unit, 'start')));
    await integrate('web', 'pg');
    await Promise.all(['web/0', 'pg/0'].map((unit) => controller.waitForTold(unit, 'db-relation-changed')));
    const id = (await controller.exec('web/0', 'relation-ids db')).trim();
    expect(heard('web/0')).toEqual([
      `db-relation-created db ${id}|pg|||`,
      `db-relation-joined db ${id}|pg|pg/0||pg/0`,
      `db-relation-changed db ${id}|pg|pg/0||pg/0`,
    ]);
    expect((await controller.status()).integrations).toContainEqual({
      provider: 'pg:db',
      requirer: 'web:db',
      interface: 'sql',
      type: 'regular',
      message: '',
    });
  });

  test('are not related twice, nor beyond a limit, nor without a pair that fits', async () => {
    await expect(integrate('web', 'pg')).rejects.toThrow(
      'cannot add relation "web:db pg:db": relation web:db pg:db already exists (see charmlet status --relations)',
    );
    await controller.deploy(join(charms, 'web'), { application: 'other' });
    await expect(integrate('other', 'pg:db')).rejects.toThrow(
      'cannot add relation "other:db pg:db": establishing a new relation for pg:db would exceed its maximum relation limit of 1 (it is related to web)',
    );
    await expect(integrate('other', 'web')).rejects.toThrow(/^no relations found \(/);
    await controller.call('removeApplication', { applications: ['other'], force: false, destroyStorage: false });
  });

  test('see of each other what Juju’s table of permissions allows', async () => {
    const id = (await controller.exec('pg/0', 'relation-ids db')).trim();
    await controller.call('scale', { application: 'pg', to: 2, force: false });
    await controller.waitForTold('pg/1', 'db-relation-changed');
    await controller.settled();
    await controller.exec('pg/0', `relation-set -r ${id} --app where=here; relation-set -r ${id} own=mine`);
    await controller.waitForTold('web/0', 'db-relation-changed', 4);
    const read = (unit: string, words: string) =>
      controller.exec(unit, `relation-get -r ${id} ${words} 2>&1 || echo refused`);
    expect(await read('web/0', '--app where pg')).toBe('here\n');
    expect(await read('web/0', 'own pg/0')).toBe('mine\n');
    expect(await read('pg/0', '--app where pg')).toBe('here\n');
    expect(await read('pg/1', '--app where pg')).toBe('ERROR permission denied\nrefused\n');
    expect(await read('pg/1', 'own pg/0')).toBe('ERROR permission denied\nrefused\n');
    expect(await controller.exec('pg/1', `relation-set -r ${id} --app where=there 2>&1 || echo refused`)).toBe(
      'ERROR cannot write relation settings\nrefused\n',
    );
    expect(await controller.call('showUnit', { units: ['web/0'] })).toMatchObject({
      'web/0': {
        'relation-info': [
          { endpoint: 'peer' },
          {
            endpoint: 'db',
            'related-endpoint': 'db',
            'application-data': { where: 'here' },
            'related-units': { 'pg/0': { 'in-scope': true, data: { own: 'mine' } }, 'pg/1': { 'in-scope': true } },
          },
        ],
      },
    });
  });

  test('keep their relation through a stop and a kill of the controller', async () => {
    await controller.settled();
    const before = await controller.call('showUnit', { units: ['web/0', 'pg/1'] });
    const told = ['web/0', 'pg/0', 'pg/1'].map((unit) => controller.told(unit));
    await controller.kill();
    await controller.start();
    await controller.stop();
    await controller.start();
    expect(await controller.call('showUnit', { units: ['web/0', 'pg/1'] })).toEqual(before);
    expect(['web/0', 'pg/0', 'pg/1'].map((unit) => controller.told(unit))).toEqual(told);
  });

  test('are parted by departed and then broken, in which the relation is still listed', async () => {
    const id = (await controller.exec('web/0', 'relation-ids db')).trim();
    await controller.call('removeRelation', { endpoints: ['web', 'pg'], force: false });
    await Promise.all(['web/0', 'pg/0', 'pg/1'].map((unit) => controller.waitForTold(unit, 'db-relation-broken')));
    expect(heard('web/0').slice(-3)).toEqual([
      `db-relation-departed db ${id}|pg|pg/0|pg/0|pg/1`,
      `db-relation-departed db ${id}|pg|pg/1|pg/1|`,
      `db-relation-broken db ${id}|pg|||`,
    ]);
    await controller.waitFor('the relation has gone', (status) => (status.integrations ?? []).length === 2);
    expect(await controller.exec('web/0', 'relation-ids db')).toBe('');
    await expect(controller.call('removeRelation', { endpoints: ['web', 'pg'], force: false })).rejects.toThrow(
      'relation matching "web pg" not found',
    );
    await expect(controller.call('removeRelation', { id: 99, force: false })).rejects.toThrow('relation 99 not found');
  });

  test('part when one of them is removed: its unit departs first, and the other one hears broken', async () => {
    await integrate('web', 'pg');
    await controller.waitForTold('web/0', 'db-relation-joined', 4);
    await controller.settled();
    const id = (await controller.exec('web/0', 'relation-ids db')).trim();
    await controller.call('removeApplication', { applications: ['pg'], force: false, destroyStorage: false });
    await controller.waitFor('pg has gone', (status) => !status.applications.pg);
    expect(heard('web/0').slice(-3)).toEqual([
      `db-relation-departed db ${id}|pg|pg/0|pg/0|pg/1`,
      `db-relation-departed db ${id}|pg|pg/1|pg/1|`,
      `db-relation-broken db ${id}|pg|||`,
    ]);
    expect(heard('pg/1').slice(-2)).toEqual([
      `db-relation-departed db ${id}|web|web/0|pg/1|`,
      `db-relation-broken db ${id}|web|||`,
    ]);
  });
});

describe('a unit in error', () => {
  // Its hook would be tried again after 5 s, which may be in the middle of anything.
  const retry = (values: Record<string, string>, reset: string[] = []) =>
    controller.call('modelConfigSet', { values, reset });
  beforeAll(() => retry({ 'automatically-retry-hooks': 'false' }));
  afterAll(() => retry({}, ['automatically-retry-hooks']));

  test('keeps a relation that is removed, and whoever removes it is told; with force the relation is gone at once', async () => {
    await controller.deploy(related('calm', 'requires: {db: {interface: nosql}}\n'));
    const body = '[ "$event" != db-relation-changed ] || exit 5';
    await controller.deploy(related('sore', 'provides: {db: {interface: nosql}}\n', body));
    await integrate('calm', 'sore');
    await controller.waitForUnit('sore/0', 'error', 'hook failed: "db-relation-changed" for calm:db');
    const [{ id }] = await relationsOf('calm/0');
    const { messages } = await controller.call('removeRelation', { id, force: false });
    expect(messages).toEqual([
      `unit sore/0 is in error (hook failed: "db-relation-changed" for calm:db) and keeps relation "calm:db sore:db" until that is resolved (charmlet resolved sore/0), or remove it with charmlet remove-relation ${id} --force`,
    ]);
    await expect(integrate('calm', 'sore')).rejects.toThrow('relation calm:db sore:db is dying, but not yet removed');
    await controller.call('removeRelation', { id, force: true });
    await controller.waitForUnit('sore/0', 'unknown');
    expect(controller.told('sore/0')).not.toContain('db-relation-broken');
    await integrate('calm', 'sore');
    await controller.waitForUnit('sore/0', 'error');
    await controller.call('resolved', { units: ['sore/0'], all: false, retry: false });
    await controller.call('removeApplication', { applications: ['sore'], force: false, destroyStorage: false });
    await controller.waitFor('sore has gone', (status) => !status.applications.sore);
  });
});

describe('a refresh', () => {
  const refresh = (metadata: string) => {
    const directory = writeCharm(join(charms, 'fresh'), {
      name: 'fresh',
      files: { 'metadata.yaml': `name: fresh\n${metadata}` },
    });
    return controller.call('refresh', { application: 'fresh', path: directory, resources: {}, live: false });
  };

  test('may bring a peer relation, and may not take away an endpoint that is in use', async () => {
    const directory = join(charms, 'fresh');
    await controller.deploy(
      writeCharm(directory, {
        name: 'fresh',
        files: { 'metadata.yaml': 'name: fresh\nprovides: {db: {interface: nosql}}\n' },
      }),
    );
    await integrate('calm', 'fresh');
    await controller.waitForTold('fresh/0', 'db-relation-joined');
    await expect(refresh('provides: {db: {interface: sql}}\n')).rejects.toThrow(
      'cannot upgrade application "fresh" to charm "fresh": would break relation "calm:db fresh:db"',
    );
    await refresh('provides: {db: {interface: nosql}}\npeers: {peer: {interface: fresh}}\n');
    expect((await controller.waitForTold('fresh/0', 'start', 2)).slice(-5)).toEqual([
      'stop',
      'upgrade-charm',
      'peer-relation-created',
      'config-changed',
      'start',
    ]);
  });
});

test('a relation that comes while a hook runs is not there for that hook, and is told next', async () => {
  const [go, seen] = ['go', 'seen'].map((name) => join(controller.scratch, name)) as [string, string];
  const look = 'relation-ids db; relation-ids db --format=json';
  const body = `if [ "$event" = start ]; then ${look} >${seen}; until [ -e ${go} ]; do sleep 0.05; done; ${look} >>${seen}; fi`;
  await controller.deploy(related('early', 'provides: {db: {interface: early}}\n'));
  await controller.deploy(related('late', 'requires: {db: {interface: early}}\n', body));
  await until('the hook runs', async () => existsSync(seen) && readFileSync(seen, 'utf8') === '[]\n');
  await integrate('late', 'early');
  writeFileSync(go, '');
  await controller.waitForTold('late/0', 'db-relation-created');
  expect(readFileSync(seen, 'utf8')).toBe('[]\n[]\n');
});

test('a model that is destroyed parts what is related, and leaves nothing', async () => {
  await controller.call('destroyModel', { force: true });
  const status = await controller.status();
  expect({ applications: status.applications, integrations: status.integrations }).toEqual({
    applications: {},
    integrations: [],
  });
});
