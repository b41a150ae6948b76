import { afterEach, beforeEach, expect, test } from 'vitest';
import type { HookWrites, SecretChange } from '../../../../src/controller/hook/model.ts';
import { listEvents, ranks } from '../../../../src/controller/store/queue.ts';
import { forgetConsumer } from '../../../../src/controller/store/secret-consumers.ts';
import { nextRotation, queueDueSecretEvents } from '../../../../src/controller/store/secret-events.ts';
import { noWrites, TestModel } from './model.ts';

const id = '9m4e2mr0ui3e8a215n4g';
const uri = `secret:${id}`;
let made: TestModel;
beforeEach(() => {
  made = new TestModel();
  made.deploy('owner', 2);
  made.deploy('reader');
  made.runAll();
});
afterEach(() => made.close());

const commit = (unit: string, writes: Partial<HookWrites>) => made.hooks().commit(unit, { ...noWrites, ...writes });
const add = (change: Partial<SecretChange> = {}) =>
  commit('owner/0', {
    secretsAdded: [{ id, owner: 'application-owner', label: 'key', content: { a: '1' }, ...change }],
  });
const change = (content: Record<string, string>, more: Partial<SecretChange> = {}) =>
  commit('owner/0', { secretsChanged: [{ id, content, ...more }] });
const read = (unit: string, revision: number) => made.hooks().setConsumed(unit, id, { revision });
const secretsTold = (unit: string) =>
  listEvents(made.model, made.unit(unit).id).flatMap(({ event }) =>
    event.secret ? [[event.hook, event.secret.label, event.secret.revision]] : [],
  );
const day = 24 * 3_600_000;

test('many new revisions are one pending secret-changed, and none for who has read the newest', () => {
  add();
  read('reader/0', 1);
  change({ a: '2' });
  change({ a: '3' });
  expect(made.queued('reader/0')).toEqual(['secret-changed']);
  made.runAll();
  read('reader/0', 3);
  change({ a: '3' });
  expect(made.queued('reader/0')).toEqual([]);
  change({ a: '4' });
  expect(made.queued('reader/0')).toEqual(['secret-changed']);
});

test('the owner is told once of each revision that nobody uses, also of one that nobody has ever read', () => {
  add();
  change({ a: '2' });
  expect(secretsTold('owner/0')).toEqual([['secret-remove', 'key', 1]]);
  made.runAll();
  read('reader/0', 2);
  change({ a: '3' });
  expect(secretsTold('owner/0')).toEqual([]);
  forgetConsumer(made.model, 'reader/0');
  expect(secretsTold('owner/0')).toEqual([['secret-remove', 'key', 2]]);
});

test('what is pending about a secret goes with it', () => {
  add();
  read('reader/0', 1);
  change({ a: '2' });
  read('reader/0', 2);
  expect([made.queued('owner/0'), made.queued('reader/0')]).toEqual([['secret-remove'], ['secret-changed']]);
  commit('owner/0', { secretsRemoved: [{ id, revision: 1 }] });
  expect([made.queued('owner/0'), made.queued('reader/0')]).toEqual([[], ['secret-changed']]);
  commit('owner/0', { secretsRemoved: [{ id, revision: null }] });
  expect(made.queued('reader/0')).toEqual([]);
});

test('a rotation that is due is told the leader until it has been through it, and then again a period later', () => {
  add({ rotation: 'daily' });
  const due = Date.parse(made.hooks().secret(id)?.rotates ?? '');
  expect(queueDueSecretEvents(made.model, due - 1)).toBe(due);
  expect(made.queued('owner/0')).toEqual([]);
  expect(queueDueSecretEvents(made.model, due)).toBe(Number.POSITIVE_INFINITY);
  queueDueSecretEvents(made.model, due + day);
  expect(secretsTold('owner/0')).toEqual([['secret-rotate', 'key', undefined]]);
  made.runAll();
  const next = Date.parse(made.hooks().secret(id)?.rotates ?? '');
  expect(Math.abs(next - Date.now() - day)).toBeLessThan(60_000);
});

test('an expired revision is told once, and again five minutes later while it is there', () => {
  add({ expires: '2030-01-01T00:00:00.000Z' });
  change({ a: '2' });
  made.runAll();
  const due = Date.parse('2030-01-01T00:00:00.000Z');
  expect(made.hooks().secret(id)?.expires).toBeNull();
  expect(queueDueSecretEvents(made.model, due)).toBe(due + 300_000);
  expect(secretsTold('owner/0')).toEqual([['secret-expired', 'key', 1]]);
  made.runAll();
  queueDueSecretEvents(made.model, due + 299_999);
  expect(secretsTold('owner/0')).toEqual([]);
  queueDueSecretEvents(made.model, due + 300_000);
  expect(secretsTold('owner/0')).toEqual([['secret-expired', 'key', 1]]);
  commit('owner/0', { secretsRemoved: [{ id, revision: 1 }] });
  expect(secretsTold('owner/0')).toEqual([]);
  expect(queueDueSecretEvents(made.model, due + day)).toBe(Number.POSITIVE_INFINITY);
});

test('another time for the same revision is another expiry', () => {
  add({ expires: '2030-01-01T00:00:00.000Z' });
  queueDueSecretEvents(made.model, Date.parse('2030-01-01T00:00:00.000Z'));
  made.runAll();
  commit('owner/0', { secretsChanged: [{ id, expires: '2030-01-01T00:01:00.000Z' }] });
  queueDueSecretEvents(made.model, Date.parse('2030-01-01T00:01:00.000Z'));
  expect(secretsTold('owner/0')).toEqual([['secret-expired', 'key', 1]]);
});

test('a time that passes while nobody leads is told the next leader', () => {
  add({ rotation: 'hourly' });
  const due = Date.parse(made.hooks().secret(id)?.rotates ?? '');
  made.model.db.run("UPDATE units SET life = 'dying' WHERE id = ?", made.unit('owner/0').id);
  queueDueSecretEvents(made.model, due);
  expect(secretsTold('owner/0')).toEqual([]);
  made.model.db.run("UPDATE applications SET leader = ? WHERE name = 'owner'", made.unit('owner/1').id);
  queueDueSecretEvents(made.model, due);
  expect(secretsTold('owner/1')).toEqual([['secret-rotate', 'key', undefined]]);
});

test('secret events come after those of the workload and before an action', () => {
  add();
  read('reader/0', 1);
  change({ a: '2' });
  expect(listEvents(made.model, made.unit('reader/0').id).map(({ rank, event }) => [rank, event.secret])).toEqual([
    [ranks.secret, { uri, label: '' }],
  ]);
});

test.each([
  ['never', null],
  ['hourly', '2026-01-31T12:00:00.000Z'],
  ['daily', '2026-02-01T11:00:00.000Z'],
  ['weekly', '2026-02-07T11:00:00.000Z'],
  ['quarterly', '2026-05-01T11:00:00.000Z'],
  ['yearly', '2027-01-31T11:00:00.000Z'],
])('%s from the last of January is %s', (policy, next) => {
  expect(nextRotation(policy, new Date('2026-01-31T11:00:00Z'))).toBe(next);
});
