import { afterEach, beforeEach, expect, test } from 'vitest';
import { markFailed, queueEvent, ranks, removeEvent } from '../../../../src/controller/store/queue.ts';
import { addOperation } from '../../../../src/controller/store/tasks.ts';
import { beforeEvent } from '../../../../src/controller/units/completion.ts';
import { pickWork } from '../../../../src/controller/units/pick-work.ts';
import { rest, restIdleUnits } from '../../../../src/controller/units/rest.ts';
import { TestModel } from '../store/model.ts';

let test_: TestModel;
beforeEach(() => {
  test_ = new TestModel();
});
afterEach(() => test_.close());

const agent = () => {
  const { status, message } = test_.unit('w/0').agent;
  return `${status} ${message}`.trim();
};
const changed = (key: string) => ({
  hook: 'box-pebble-custom-notice',
  workload: { container: 'box', notice: { id: '1', type: 'custom', key } },
});

/** Lets the unit's next event begin; it is for the test to end it. */
function begin() {
  const work = pickWork(test_.model, test_.unit('w/0').id, Date.now());
  if (work.do !== 'event') throw new Error(`there is no event to begin: ${work.do}`);
  test_.model.db.transact(() => beforeEvent(test_.model, work.queued));
  return work.queued;
}

test('a unit is idle when everything has been told to it, and not between two events', () => {
  test_.deploy('w');
  const seen: string[] = [];
  while (test_.tell('w/0') !== undefined) seen.push(agent());
  expect(seen).toEqual([
    'executing running install hook',
    'executing running peer-relation-created hook',
    'executing running leader-elected hook',
    'executing running config-changed hook',
    'idle',
  ]);
});

test('a unit that has an action to run is not idle, one that has an update-status to hear is', () => {
  test_.deploy('w');
  test_.runAll();
  const unit = test_.unit('w/0');
  queueEvent(test_.model, unit.id, ranks.workload, changed('a'));
  queueEvent(test_.model, unit.id, ranks.updateStatus, { hook: 'update-status' });
  test_.tell('w/0');
  expect(agent()).toBe('idle');
  queueEvent(test_.model, unit.id, ranks.workload, changed('b'));
  begin();
  addOperation(test_.model, {
    summary: '',
    units: [unit],
    unscheduled: {},
    event: (task) => ({ hook: '', action: { name: 'act', task, params: {} } }),
  });
  rest(test_.model, unit.id);
  expect(agent()).toBe('executing running box-pebble-custom-notice hook');
});

test('a unit in error is idle, whatever waits behind the hook that failed', () => {
  test_.deploy('w');
  test_.runAll();
  const { id } = test_.unit('w/0');
  queueEvent(test_.model, id, ranks.workload, changed('a'));
  const queued = begin();
  queueEvent(test_.model, id, ranks.workload, changed('b'));
  markFailed(test_.model, queued.id, 'hook failed: "box-pebble-custom-notice"', null);
  rest(test_.model, id);
  expect(agent()).toBe('idle');
});

test('a unit whose next event was taken back is idle, unless it is at work', () => {
  test_.deploy('w');
  test_.runAll();
  const { id } = test_.unit('w/0');
  for (const key of ['a', 'b']) queueEvent(test_.model, id, ranks.workload, changed(key));
  test_.tell('w/0');
  restIdleUnits(test_.model.db, new Set());
  expect(agent()).toBe('executing running box-pebble-custom-notice hook');
  const next = pickWork(test_.model, id, Date.now());
  if (next.do !== 'event') throw new Error(next.do);
  removeEvent(test_.model, next.queued.id);
  restIdleUnits(test_.model.db, new Set([id]));
  expect(agent()).toBe('executing running box-pebble-custom-notice hook');
  restIdleUnits(test_.model.db, new Set());
  expect(agent()).toBe('idle');
});
