import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CommitRefused } from '../../../../src/controller/hook/model.ts';
import { beginUnitRemoval } from '../../../../src/controller/units/removal.ts';
import { noWrites, TestModel } from './model.ts';

let test_: TestModel;
beforeEach(() => {
  test_ = new TestModel();
  test_.deploy('w', 3);
});
afterEach(() => test_.close());

const relation = () => test_.hooks().relations('w/0')[0]!.id;
const write = (unit: string, entity: string, changes: Record<string, string>) =>
  test_.hooks().commit(unit, { ...noWrites, settings: [{ relation: relation(), entity, changes }] });

describe('peers', () => {
  test('are told of each other once both have entered: joined, then changed', () => {
    const told = test_.runAll().filter((line) => line.startsWith('w/2 peer'));
    expect(told).toEqual(
      ['created', 'joined', 'changed', 'joined', 'changed'].map((what) => `w/2 peer-relation-${what}`),
    );
    expect(test_.hooks().relations('w/2')[0]).toMatchObject({
      endpoint: 'peer',
      remoteApp: 'w',
      remoteUnits: ['w/0', 'w/1'],
    });
  });

  test('hear of what another one writes, not of their own writes, and not of the same value', () => {
    test_.runAll();
    write('w/1', 'w/1', { k: 'v' });
    expect([0, 1, 2].map((n) => test_.queued(`w/${n}`))).toEqual([
      ['peer-relation-changed(w/1)'],
      [],
      ['peer-relation-changed(w/1)'],
    ]);
    test_.runAll();
    write('w/1', 'w/1', { k: 'v', none: '' });
    expect(test_.queued('w/0')).toEqual([]);
  });

  test('hear of the application’s databag with no unit named, the leader who wrote it too', () => {
    test_.runAll();
    write('w/0', 'w', { k: 'v' });
    expect([0, 1, 2].map((n) => test_.queued(`w/${n}`))).toEqual([
      ['peer-relation-changed'],
      ['peer-relation-changed'],
      ['peer-relation-changed'],
    ]);
  });

  test.each([
    ['the application’s databag by a unit that does not lead', 'w/1', 'w'],
    ['another unit’s databag', 'w/0', 'w/1'],
  ])('do not write %s: nothing of the hook is kept', (_name, unit, entity) => {
    const writes = {
      ...noWrites,
      settings: [{ relation: relation(), entity, changes: { k: 'v' } }],
      state: { s: '1' },
    };
    expect(() => test_.hooks().commit(unit, writes)).toThrow(new CommitRefused('cannot write relation settings'));
    expect(test_.hooks().settings(relation(), entity)).not.toHaveProperty('k');
    expect(test_.hooks().charmState(unit)).toEqual({});
  });

  test('find three addresses in every unit’s databag', () => {
    const { address } = test_.hooks().address('w/1');
    expect(test_.hooks().settings(relation(), 'w/1')).toEqual({
      'egress-subnets': `${address}/32`,
      'ingress-address': address,
      'private-address': address,
    });
    expect(new Set([0, 1, 2].map((n) => test_.hooks().address(`w/${n}`).address)).size).toBe(3);
  });
});

describe('a unit that is removed', () => {
  test('departs from each peer, stops and goes; the others hear of it, and the next one leads', () => {
    test_.runAll();
    beginUnitRemoval(test_.model, test_.unit('w/0'), { force: false });
    expect(test_.queued('w/0')).toEqual([
      'peer-relation-departed(w/1)',
      'peer-relation-departed(w/2)',
      'stop',
      'remove',
    ]);
    expect(test_.queued('w/1')).toEqual(['leader-elected', 'peer-relation-departed(w/0)']);
    expect(test_.queued('w/2')).toEqual(['peer-relation-departed(w/0)']);
    test_.runAll();
    expect(() => test_.unit('w/0')).toThrow('no unit w/0');
    expect(test_.hooks().isLeader('w/1')).toBe(true);
    expect(test_.hooks().relations('w/1')[0]?.remoteUnits).toEqual(['w/2']);
    expect(test_.model.db.all('SELECT name FROM leftovers')).toEqual([{ name: 'w/0' }]);
  });

  test('goes at once when it was never installed', () => {
    beginUnitRemoval(test_.model, test_.unit('w/2'), { force: false });
    expect(() => test_.unit('w/2')).toThrow('no unit w/2');
  });

  test('never gives its id to another unit', () => {
    const { id } = test_.unit('w/2');
    beginUnitRemoval(test_.model, test_.unit('w/2'), { force: false });
    test_.deploy('x');
    expect(test_.unit('x/0').id).toBeGreaterThan(id);
  });
});

test('a refused commit is a CommitRefused, and takes the event out of no queue', () => {
  let committed = false;
  const model = test_.hooks(() => {
    committed = true;
  });
  expect(() => model.commit('w/1', { ...noWrites, settings: [{ relation: 99, entity: 'w/1', changes: {} }] })).toThrow(
    CommitRefused,
  );
  expect(committed).toBe(false);
});
