import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { addRelation, readBag, relationsOf } from '../../../../src/controller/store/relations.ts';
import { beginRelationRemoval } from '../../../../src/controller/units/relation-removal.ts';
import { beginUnitRemoval } from '../../../../src/controller/units/removal.ts';
import { noWrites, TestModel } from '../store/model.ts';

let test_: TestModel;
beforeEach(() => {
  test_ = new TestModel();
  const web = test_.deploy('web', 2, 'requires: {db: {interface: sql}}\n');
  const pg = test_.deploy('pg', 2, 'provides: {db: {interface: sql}}\n');
  test_.runAll();
  id = test_.model.db.transact(() =>
    addRelation(test_.model, 'sql', [
      { application: web.id, endpoint: 'db', role: 'requires' },
      { application: pg.id, endpoint: 'db', role: 'provides' },
    ]),
  );
});
afterEach(() => test_.close());

let id: number;
const view = () => relationsOf(test_.model, test_.unit('web/0').application).find((each) => each.id === id)!;
const write = (unit: string, entity: string, changes: Record<string, string>) =>
  test_.hooks().commit(unit, { ...noWrites, settings: [{ relation: id, entity, changes }] });
const endpoint = (unit: string) =>
  test_
    .hooks()
    .relations(unit)
    .find((each) => each.id === id);
const relation = () => test_.model.db.get('SELECT life FROM relations WHERE id = ?', id);

describe('two applications that are related', () => {
  test('are told created, and of each remote unit joined and then at once changed', () => {
    expect(test_.tellAll('web/0')).toEqual(['db-relation-created']);
    expect(test_.tellAll('pg/0')).toEqual([
      'db-relation-created',
      'db-relation-joined(web/0)',
      'db-relation-changed(web/0)',
    ]);
    expect(test_.tellAll('web/0')).toEqual(['db-relation-joined(pg/0)', 'db-relation-changed(pg/0)']);
    test_.runAll();
    expect(endpoint('web/1')).toMatchObject({
      remoteApp: 'pg',
      remoteUnits: ['pg/0', 'pg/1'],
      life: 'alive',
      since: expect.stringMatching(/^\d{4}-.*Z$/),
    });
  });

  test('are told of an application databag that was filled before they came, with no unit named', () => {
    write('pg/0', 'pg', { endpoints: 'here' });
    expect(test_.tellAll('web/0')).toEqual(['db-relation-created', 'db-relation-changed']);
  });

  test('hear of what the other side writes, each unit once, and of nothing of their own side', () => {
    test_.runAll();
    write('pg/0', 'pg/0', { a: '1' });
    write('pg/0', 'pg', { b: '1' });
    write('pg/0', 'pg', { b: '2' });
    expect(['web/0', 'web/1', 'pg/0', 'pg/1'].map((name) => test_.queued(name))).toEqual([
      ['db-relation-changed(pg/0)', 'db-relation-changed'],
      ['db-relation-changed(pg/0)', 'db-relation-changed'],
      [],
      [],
    ]);
  });

  test('are not told changed of a unit that writes before it has entered: joined comes first', () => {
    test_.tellAll('web/0');
    write('pg/0', 'pg/0', { a: '1' });
    expect(test_.queued('web/0')).toEqual([]);
    test_.tell('pg/0');
    expect(test_.queued('web/0')).toEqual(['db-relation-joined(pg/0)', 'db-relation-changed(pg/0)']);
  });
});

describe('a relation that is removed', () => {
  test('is departed for each remote unit and then broken, and still there until the last unit has been told', () => {
    test_.runAll();
    beginRelationRemoval(test_.model, view(), { force: false });
    expect(test_.tell('web/0')).toBe('db-relation-departed(pg/0, departing pg/0)');
    expect(endpoint('web/0')).toMatchObject({ remoteUnits: ['pg/1'], life: 'dying' });
    expect(test_.tellAll('web/0')).toEqual(['db-relation-departed(pg/1, departing pg/1)', 'db-relation-broken']);
    expect(endpoint('web/0')).toBeUndefined();
    expect(relation()).toEqual({ life: 'dying' });
    test_.runAll();
    expect(relation()).toBeUndefined();
    expect(readBag(test_.model, id, 'pg')).toBeNull();
  });

  test('is told nobody who was never told that it was created', () => {
    test_.tellAll('web/0');
    beginRelationRemoval(test_.model, view(), { force: false });
    expect(test_.queued('pg/0')).toEqual([]);
    expect(test_.tellAll('web/0')).toEqual(['db-relation-broken']);
    expect(relation()).toBeUndefined();
  });

  test('is told as broken once, though it is removed twice and its unit is removed as well', () => {
    test_.runAll();
    beginRelationRemoval(test_.model, view(), { force: false });
    beginRelationRemoval(test_.model, view(), { force: false });
    expect(test_.tell('web/1')).toBe('db-relation-departed(pg/0, departing pg/0)');
    beginUnitRemoval(test_.model, test_.unit('web/1'), { force: false });
    expect(test_.tellAll('web/1')).toEqual([
      'peer-relation-departed(web/0, departing web/1)',
      'db-relation-departed(pg/1, departing web/1)',
      'db-relation-broken',
      'stop',
      'remove',
    ]);
    test_.runAll();
    expect(relation()).toBeUndefined();
  });

  test('is departed before it is broken, also when the units of the other side are taken down meanwhile', () => {
    test_.runAll();
    beginRelationRemoval(test_.model, view(), { force: false });
    for (const unit of ['pg/0', 'pg/1']) beginUnitRemoval(test_.model, test_.unit(unit), { force: false });
    expect(test_.tellAll('web/0')).toEqual([
      'db-relation-departed(pg/0, departing pg/0)',
      'db-relation-departed(pg/1, departing pg/1)',
      'db-relation-broken',
    ]);
  });

  test('tells nobody of what is written while it goes', () => {
    test_.runAll();
    beginRelationRemoval(test_.model, view(), { force: false });
    write('pg/0', 'pg', { late: '1' });
    expect(test_.queued('web/0')).not.toContain('db-relation-changed');
  });

  test('is gone at once with force, with all that was to be told of it', () => {
    test_.tellAll('web/0');
    test_.tell('pg/0');
    beginRelationRemoval(test_.model, view(), { force: true });
    expect(relation()).toBeUndefined();
    expect(['web/0', 'web/1', 'pg/0', 'pg/1'].flatMap((name) => test_.queued(name))).toEqual([]);
  });

  test('takes no part in a unit that is added while it goes', () => {
    test_.runAll();
    beginRelationRemoval(test_.model, view(), { force: false });
    test_.addUnit('web');
    expect(test_.queued('web/2')).not.toContain('db-relation-created');
    test_.runAll();
    expect(relation()).toBeUndefined();
  });
});

describe('a unit that leaves a relation that stays', () => {
  test('is departed and told broken, its settings stay readable, and its number comes back as a new member', () => {
    test_.runAll();
    write('web/1', 'web/1', { from: 'the first' });
    test_.runAll();
    beginUnitRemoval(test_.model, test_.unit('web/1'), { force: false });
    expect(test_.tellAll('web/1')).toEqual([
      'peer-relation-departed(web/0, departing web/1)',
      'db-relation-departed(pg/0, departing web/1)',
      'db-relation-departed(pg/1, departing web/1)',
      'db-relation-broken',
      'stop',
      'remove',
    ]);
    expect(test_.hooks().settings(id, 'web/1')).toMatchObject({ from: 'the first' });
    expect(test_.addUnit('web').name).toBe('web/1');
    expect(test_.hooks().settings(id, 'web/1')).not.toHaveProperty('from');
    test_.tellAll('web/1');
    expect(test_.tellAll('pg/0')).toEqual([
      'db-relation-departed(web/1, departing web/1)',
      'db-relation-joined(web/1)',
      'db-relation-changed(web/1)',
    ]);
    expect(relation()).toEqual({ life: 'alive' });
  });

  test('is changed for who has been told that it joined, and departed before others join', () => {
    for (const name of ['web/0', 'web/1', 'pg/0']) test_.tellAll(name);
    expect([test_.tell('pg/1'), test_.tell('pg/1')]).toEqual(['db-relation-created', 'db-relation-joined(web/0)']);
    beginUnitRemoval(test_.model, test_.unit('web/0'), { force: false });
    expect(test_.tellAll('pg/1')).toEqual([
      'db-relation-changed(web/0)',
      'db-relation-departed(web/0, departing web/0)',
      'db-relation-joined(web/1)',
      'db-relation-changed(web/1)',
    ]);
  });

  test('takes its application with it only when the relation has been broken on the other side', () => {
    test_.runAll();
    test_.removeApplication('web');
    test_.tellAll('web/0');
    test_.tellAll('web/1');
    expect(test_.applications()).toEqual(['pg', 'web']);
    expect(test_.tellAll('pg/0')).toEqual([
      'db-relation-departed(web/0, departing web/0)',
      'db-relation-departed(web/1, departing web/1)',
      'db-relation-broken',
    ]);
    test_.tellAll('pg/1');
    expect(test_.applications()).toEqual(['pg']);
  });

  test('passes the lead on; when nobody is left, the next one that comes leads', () => {
    test_.runAll();
    beginUnitRemoval(test_.model, test_.unit('web/0'), { force: false });
    expect(test_.tell('web/1')).toBe('leader-elected');
    beginUnitRemoval(test_.model, test_.unit('web/1'), { force: false });
    const next = test_.addUnit('web');
    expect(next.name).toBe('web/2');
    expect(test_.hooks().isLeader('web/2')).toBe(true);
    test_.runAll();
    expect(test_.hooks().isLeader('web/2')).toBe(true);
  });

  test('is removed once, however often it is asked to go', () => {
    test_.runAll();
    beginUnitRemoval(test_.model, test_.unit('web/1'), { force: false });
    beginUnitRemoval(test_.model, test_.unit('web/1'), { force: false });
    expect(test_.queued('web/1').filter((hook) => hook === 'stop')).toHaveLength(1);
  });
});
