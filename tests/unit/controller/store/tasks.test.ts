import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { sealOldTasks } from '../../../../src/controller/store/sealed-tasks.ts';
import { addOperation, appendTaskLog, endTask, findTask } from '../../../../src/controller/store/tasks.ts';
import { findUnit } from '../../../../src/controller/store/units.ts';
import { TestModel } from './model.ts';

let store: TestModel;
beforeEach(() => {
  store = new TestModel();
  store.deploy('app');
});
afterEach(() => store.close());

/** Schedules an action with such a parameter; returns the task's id. */
function schedule(value: string): number {
  const { model } = store;
  const unit = findUnit(model, 'app/0')!;
  let id = 0;
  addOperation(model, {
    summary: 's',
    units: [{ id: unit.id, name: 'app/0' }],
    unscheduled: {},
    event(task) {
      id = Number(task);
      return { hook: '', action: { name: 'add-vault-secret', task, params: { value } } };
    },
  });
  return id;
}

/** Every byte of the database, its write-ahead log with it. */
function bytes(): string {
  const files = readdirSync(store.directory).filter((name) => name.startsWith('model.db'));
  return files.map((name) => readFileSync(join(store.directory, name), 'latin1')).join('');
}

test('what an action is told and what it answers comes back whole, and stands nowhere in the database in clear', () => {
  const { model } = store;
  const id = schedule('canary-parameter');
  appendTaskLog(model, id, 'canary-line');
  endTask(model, id, { status: 'failed', message: 'canary-message', results: { value: 'canary-result' } });
  const task = findTask(model, id)!;
  expect(task.event.action?.params).toEqual({ value: 'canary-parameter' });
  expect([task.log[0]?.message, task.message, task.results.value]).toEqual([
    'canary-line',
    'canary-message',
    'canary-result',
  ]);
  expect(bytes()).not.toContain('canary');
});

test('tasks that were written in clear are sealed, and their old bytes are gone', () => {
  const { model } = store;
  const id = schedule('new');
  const event = JSON.stringify({ hook: '', action: { name: 'a', task: String(id), params: { value: 'canary-old' } } });
  model.db.run('UPDATE tasks SET event_json = ?, results_json = ? WHERE id = ?', event, '{"v":"canary-result"}', id);
  expect(bytes()).toContain('canary-old');
  sealOldTasks(model);
  expect(bytes()).not.toContain('canary');
  expect(findTask(model, id)?.event.action?.params).toEqual({ value: 'canary-old' });
  expect(findTask(model, id)?.results).toEqual({ v: 'canary-result' });
});
