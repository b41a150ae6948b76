import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openDatabase } from '../../../../src/controller/store/database.ts';
import { modelInFocus } from '../../../../src/controller/store/models.ts';
import { migrations } from '../../../../src/controller/store/schema.ts';

let directory: string;
let file: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'charmlet-db-'));
  file = join(directory, 'model.db');
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

test('keeps what a transaction wrote, for its owner alone, with every commit on the disk', () => {
  const db = openDatabase(file);
  expect(db.get('PRAGMA journal_mode')).toEqual({ journal_mode: 'wal' });
  expect(db.get('PRAGMA synchronous')).toEqual({ synchronous: 2 });
  db.transact(() => db.run("INSERT INTO models (uuid, name, created) VALUES ('u', 'm', 't')"));
  db.close();
  const again = openDatabase(file);
  expect(again.all('SELECT name FROM models')).toEqual([{ name: 'm' }]);
  again.close();
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test('undoes a transaction that throws, and tells nobody of it', () => {
  const db = openDatabase(file);
  const told: number[] = [];
  const effects: string[] = [];
  db.on('changed', (revision) => told.push(revision));
  expect(() =>
    db.transact(() => {
      db.run("INSERT INTO models (uuid, name, created) VALUES ('u', 'm', 't')");
      db.afterCommit(() => effects.push('never'));
      throw new Error('no');
    }),
  ).toThrow('no');
  expect(db.all('SELECT * FROM models')).toEqual([]);
  db.transact(() => {
    db.run("INSERT INTO models (uuid, name, created) VALUES ('u', 'm', 't')");
    db.transact(() => db.afterCommit(() => effects.push('once')));
  });
  expect({ told, effects }).toEqual({ told: [2], effects: ['once'] });
  db.close();
});

test('takes an empty file for a new model only where no unit was ever made', () => {
  writeFileSync(file, '');
  openDatabase(file).close();
  const other = mkdtempSync(join(tmpdir(), 'charmlet-db-'));
  writeFileSync(join(other, 'model.db'), '');
  writeFileSync(join(other, 'units'), '');
  expect(() => openDatabase(join(other, 'model.db'))).toThrow(/it is empty \(put a copy of it back/);
  rmSync(other, { recursive: true });
});

test('does not touch a database of another program', () => {
  const foreign = new DatabaseSync(file);
  foreign.exec('CREATE TABLE notes (text)');
  foreign.close();
  expect(() => openDatabase(file)).toThrow('it holds tables of another program');
});

test('a database of the time when there was one model opens with that one in focus, and what its units left belongs to it', () => {
  const old = new DatabaseSync(file);
  for (const step of migrations.slice(0, 3)) old.exec(step);
  old.exec(`PRAGMA user_version = 3;
    INSERT INTO models (uuid, name, created) VALUES ('u', 'default', 't');
    INSERT INTO leftovers (unit, name) VALUES (7, 'w/0')`);
  old.close();
  const db = openDatabase(file);
  expect(modelInFocus(db)).toMatchObject({ uuid: 'u', name: 'default' });
  expect(db.all('SELECT * FROM leftovers')).toEqual([{ unit: 7, name: 'w/0', model: 'u', model_name: 'default' }]);
  db.close();
});
