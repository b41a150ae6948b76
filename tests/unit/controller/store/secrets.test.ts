import { afterEach, beforeEach, expect, test } from 'vitest';
import type { HookWrites } from '../../../../src/controller/hook/model.ts';
import { noWrites, TestModel } from './model.ts';

const id = '9m4e2mr0ui3e8a215n4g';
let test_: TestModel;
beforeEach(() => {
  test_ = new TestModel();
  test_.deploy('owner', 2);
  test_.deploy('reader');
  test_.runAll();
});
afterEach(() => test_.close());

const commit = (unit: string, writes: Partial<HookWrites>) => test_.hooks().commit(unit, { ...noWrites, ...writes });
const add = () =>
  commit('owner/0', { secretsAdded: [{ id, owner: 'application-owner', label: 'key', content: { token: 'a' } }] });

test('an application’s secret is written by its leader alone, and seen by all its units', () => {
  add();
  expect(test_.hooks().secret(id)).toMatchObject({
    owner: 'application-owner',
    label: 'key',
    latest: 1,
    rotation: 'never',
    grants: [],
  });
  expect(test_.hooks().maySeeSecret('owner/1', id)).toBe(true);
  expect(test_.hooks().ownedSecrets('owner/0')).toEqual([id]);
  expect(test_.hooks().ownedSecrets('owner/1')).toEqual([]);
  expect(() => commit('owner/1', { secretsChanged: [{ id, content: { token: 'b' } }] })).toThrow(
    'this unit is not the leader',
  );
  expect(() => commit('reader/0', { secretsRemoved: [{ id, revision: null }] })).toThrow('permission denied');
});

test('another application sees it by a grant, and no longer when that is taken back', () => {
  add();
  expect(test_.hooks().maySeeSecret('reader/0', id)).toBe(false);
  commit('owner/0', { secretsGranted: [{ id, grant: { target: 'application-reader', relation: 0 } }] });
  expect(test_.hooks().maySeeSecret('reader/0', id)).toBe(true);
  commit('owner/0', { secretsRevoked: [{ id, target: 'application-reader', relation: null }] });
  expect(test_.hooks().maySeeSecret('reader/0', id)).toBe(false);
});

test('who has read it is told of a new revision, keeps the old one until it asks anew, and the owner hears when that is unused', () => {
  add();
  test_.hooks().setConsumed('reader/0', id, { revision: 1, label: 'mine' });
  commit('owner/0', { secretsChanged: [{ id, content: { token: 'b' } }] });
  expect(test_.queued('reader/0')).toEqual(['secret-changed']);
  expect(test_.queued('owner/1')).toEqual([]);
  expect(test_.hooks().consumed('reader/0', id)).toEqual({ revision: 1, label: 'mine' });
  expect(test_.hooks().consumerLabel('reader/0', 'mine')).toBe(id);
  test_.hooks().setConsumed('reader/0', id, { revision: 2 });
  expect(test_.queued('owner/0')).toEqual(['secret-remove']);
  commit('owner/0', { secretsRemoved: [{ id, revision: 1 }] });
  expect(test_.hooks().secretContent(id, 1)).toBeNull();
  expect(test_.hooks().secretContent(id, 2)).toEqual({ token: 'b' });
});

test('the same content makes no revision, and a label is taken once by an owner', () => {
  add();
  commit('owner/0', { secretsChanged: [{ id, content: { token: 'a' }, description: 'more' }] });
  expect(test_.hooks().secret(id)).toMatchObject({ latest: 1, description: 'more' });
  expect(() =>
    commit('owner/0', {
      secretsAdded: [{ id: 'other', owner: 'application-owner', label: 'key', content: {} }],
      state: { k: 'v' },
    }),
  ).toThrow('secret with label "key" already exists');
  expect(test_.hooks().charmState('owner/0')).toEqual({});
});

test('removing the last revision removes the secret', () => {
  add();
  commit('owner/0', { secretsRemoved: [{ id, revision: 1 }] });
  expect(test_.hooks().secret(id)).toBeNull();
});
