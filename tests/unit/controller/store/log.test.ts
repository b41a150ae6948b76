import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openLogStore } from '../../../../src/controller/store/log.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'charmlet-log-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const line = (message: string) => ({
  time: '2026-01-02T03:04:05.000Z',
  entity: 'unit-w-0',
  level: 'INFO',
  module: 'm',
  message,
});

test('gives the newest lines first, and keeps a bounded number of them', () => {
  const logs = openLogStore(join(directory, 'log.db'), 'm', 100);
  for (let n = 0; n < 1000; n += 1) logs.append('m', line(`${n}`));
  const kept = [...logs.newest('m')].map(({ message }) => Number(message));
  expect(kept[0]).toBe(999);
  expect(kept.length).toBeGreaterThanOrEqual(100);
  expect(kept.length).toBeLessThan(110);
  expect(kept).toEqual([...kept].sort((a, b) => b - a));
  logs.close();
});

test('begins anew when the file cannot be read: no model depends on it', () => {
  const file = join(directory, 'log.db');
  writeFileSync(file, 'garbage'.repeat(2000));
  const logs = openLogStore(file, 'm');
  logs.append('m', line('new'));
  expect([...logs.newest('m')]).toEqual([line('new')]);
  logs.close();
});

test('keeps the lines of models apart, and those of a version that knew one model with the first', () => {
  const file = join(directory, 'log.db');
  const old = new DatabaseSync(file);
  old.exec(`CREATE TABLE lines (id INTEGER PRIMARY KEY AUTOINCREMENT, time TEXT NOT NULL, entity TEXT NOT NULL,
    level TEXT NOT NULL, module TEXT NOT NULL, message TEXT NOT NULL) STRICT;
    INSERT INTO lines (time, entity, level, module, message) VALUES ('t', 'e', 'INFO', 'm', 'old')`);
  old.close();
  const logs = openLogStore(file, 'first');
  logs.append('second', line('new'));
  const messages = (model: string) => [...logs.newest(model)].map(({ message }) => message);
  expect([messages('first'), messages('second')]).toEqual([['old'], ['new']]);
  logs.keepOnly(['first']);
  expect([messages('first'), messages('second')]).toEqual([['old'], []]);
  logs.close();
});
