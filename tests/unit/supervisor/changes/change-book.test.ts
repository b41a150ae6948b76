import { expect, test } from 'vitest';
import { ChangeBook } from '../../../../src/supervisor/changes/change-book.ts';

function book(): { changes: ChangeBook; seen: string[]; forgotten: string[] } {
  let next = 0;
  const seen: string[] = [];
  const forgotten: string[] = [];
  const changes = new ChangeBook({
    nextId: () => {
      next += 1;
      return String(next);
    },
    observe: (change) => seen.push(`${change.kind} ${change.status}`),
    forget: (change) => forgotten.push(change.id),
  });
  return { changes, seen, forgotten };
}
const task = { kind: 't', lane: 1, waitsFor: [], run: async () => undefined };

test('tasks wait for each other; each status is told once', async () => {
  const { changes, seen } = book();
  const order: string[] = [];
  const change = changes.create({
    kind: 'k',
    summary: 's',
    tasks: (add) => {
      const first = add({ ...task, summary: 'first', run: async () => void order.push('first') });
      add({ ...task, summary: 'second', waitsFor: [first], run: async () => void order.push('second') });
    },
  });
  await change.ready;
  expect(order).toEqual(['first', 'second']);
  expect(seen).toEqual(['k Do', 'k Doing', 'k Done']);
});

test('a failure holds what waits for it and leaves other lanes alone', async () => {
  const { changes } = book();
  const change = changes.create({
    kind: 'k',
    summary: 's',
    tasks: (add) => {
      const bad = add({ ...task, summary: 'bad', run: () => Promise.reject(new Error('no luck')) });
      const after = add({ ...task, summary: 'after', waitsFor: [bad] });
      add({ ...task, summary: 'last', lane: 2, waitsFor: [after] });
      add({ ...task, summary: 'other', lane: 3 });
    },
  });
  await change.ready;
  expect(change.tasks.map(({ summary, status }) => `${summary} ${status}`)).toEqual([
    'bad Error',
    'after Hold',
    'last Hold',
    'other Done',
  ]);
  expect(change.info().err).toBe('cannot perform the following tasks:\n- bad (no luck)');
});

test('an abort holds what has not begun and tells what runs', async () => {
  const { changes } = book();
  const change = changes.create({
    kind: 'k',
    summary: 's',
    tasks: (add) => {
      const running = add({
        ...task,
        summary: 'running',
        run: (_, aborted) =>
          new Promise((_resolve, reject) => aborted.addEventListener('abort', () => reject(aborted.reason))),
      });
      add({ ...task, summary: 'waiting', waitsFor: [running] });
    },
  });
  changes.abort(change);
  await change.ready;
  expect(change.tasks.map(({ status }) => status)).toEqual(['Done', 'Hold']);
});

test('a change without tasks is done at once', () => {
  const { changes } = book();
  expect(changes.create({ kind: 'k', summary: 's', tasks: () => undefined }).info()).toMatchObject({
    status: 'Done',
    ready: true,
  });
});

test('old changes are forgotten, running ones never', async () => {
  const { changes, forgotten } = book();
  const running = changes.create({
    kind: 'k',
    summary: 's',
    tasks: (add) => void add({ ...task, summary: 'r', run: () => new Promise(() => undefined) }),
  });
  for (let n = 0; n < 600; n += 1) changes.create({ kind: 'k', summary: 's', tasks: () => undefined });
  expect(changes.get(running.id)).toBe(running);
  expect(changes.all().length).toBeLessThanOrEqual(502);
  expect(forgotten.length).toBeGreaterThan(90);
});
