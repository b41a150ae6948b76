import { afterEach, beforeEach, expect, test } from 'vitest';
import { configHash, setOption } from '../../../../src/controller/store/applications.ts';
import {
  listEvents,
  markFailed,
  markRunning,
  queueEvent,
  ranks,
  requeue,
} from '../../../../src/controller/store/queue.ts';
import { addOperation } from '../../../../src/controller/store/tasks.ts';
import { pickWork } from '../../../../src/controller/units/pick-work.ts';
import { TestModel } from './model.ts';

let test_: TestModel;
beforeEach(() => {
  test_ = new TestModel();
});
afterEach(() => test_.close());

const notice = (key: string) => ({
  hook: 'box-pebble-custom-notice',
  workload: { container: 'box', notice: { id: '1', type: 'custom', key } },
});

test('an event that is pending is not queued twice, one that runs is', () => {
  test_.deploy('w');
  test_.runAll();
  const { id } = test_.unit('w/0');
  queueEvent(test_.model, id, ranks.workload, notice('a'));
  queueEvent(test_.model, id, ranks.workload, notice('a'));
  queueEvent(test_.model, id, ranks.workload, notice('b'));
  expect(listEvents(test_.model, id)).toHaveLength(2);
  markRunning(test_.model, listEvents(test_.model, id)[0]!.id);
  queueEvent(test_.model, id, ranks.workload, notice('a'));
  expect(listEvents(test_.model, id)).toHaveLength(3);
});

test('a unit that was never started is told nothing that does not lead there', () => {
  test_.deploy('w');
  const { id } = test_.unit('w/0');
  queueEvent(test_.model, id, ranks.workload, { hook: 'box-pebble-ready', workload: { container: 'box' } });
  expect(test_.runAll()).toEqual(
    ['install', 'peer-relation-created', 'leader-elected', 'config-changed', 'start', 'box-pebble-ready'].map(
      (hook) => `w/0 ${hook}`,
    ),
  );
});

test('what was cut short comes first, and actions come between hooks', () => {
  test_.deploy('w');
  test_.runAll();
  const unit = test_.unit('w/0');
  queueEvent(test_.model, unit.id, ranks.updateStatus, { hook: 'update-status' });
  addOperation(test_.model, {
    summary: '',
    units: [unit],
    unscheduled: {},
    event: (task) => ({ hook: '', action: { name: 'act', task, params: {} } }),
  });
  expect(pickWork(test_.model, unit.id, Date.now())).toMatchObject({ do: 'task' });
  requeue(test_.model, listEvents(test_.model, unit.id)[0]!.id);
  expect(pickWork(test_.model, unit.id, Date.now())).toMatchObject({
    do: 'event',
    queued: { event: { hook: 'update-status' } },
  });
});

test('a unit in error gets its failed event again when that is due, and actions meanwhile', () => {
  test_.deploy('w');
  test_.runAll();
  const unit = test_.unit('w/0');
  queueEvent(test_.model, unit.id, ranks.updateStatus, { hook: 'update-status' });
  markFailed(test_.model, listEvents(test_.model, unit.id)[0]!.id, 'hook failed: "update-status"', new Date(5000));
  queueEvent(test_.model, unit.id, ranks.workload, notice('a'));
  expect(pickWork(test_.model, unit.id, 4000)).toEqual({ do: 'wait', until: 5000 });
  addOperation(test_.model, {
    summary: '',
    units: [unit],
    unscheduled: {},
    event: (task) => ({ hook: '', exec: { command: 'true', task } }),
  });
  expect(pickWork(test_.model, unit.id, 4000)).toMatchObject({ do: 'task' });
  expect(pickWork(test_.model, unit.id, 5000)).toMatchObject({
    do: 'event',
    queued: { event: { hook: 'update-status' } },
  });
});

test('options that were changed and changed back are told no more, unless a hook was cut short meanwhile', () => {
  const application = test_.deploy('w');
  test_.runAll();
  const unit = test_.unit('w/0');
  const pick = () => pickWork(test_.model, unit.id, Date.now()).do;
  test_.model.db.run('UPDATE units SET config_hash = ?', configHash(test_.model, application));
  const configChanged = () => queueEvent(test_.model, unit.id, ranks.configChanged, { hook: 'config-changed' });

  setOption(test_.model, application.id, 'word', 'bye');
  configChanged();
  expect(pick()).toBe('event');
  setOption(test_.model, application.id, 'word', null);
  expect(pick()).toBe('nothing');
  configChanged();
  requeue(test_.model, listEvents(test_.model, unit.id)[0]!.id);
  expect(pick()).toBe('event');
});
