import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, expect, test } from 'vitest';
import { isDamage, isDiskFull } from '../../../src/controller/errors.ts';

const directory = mkdtempSync(join(tmpdir(), 'charmlet-errors-'));
afterAll(() => rmSync(directory, { recursive: true }));

function thrownBy(body: () => unknown): unknown {
  try {
    return body();
  } catch (error) {
    return error;
  }
}

test('knows a full disk by what the system and SQLite say, and a damaged database by what SQLite says', () => {
  const small = new DatabaseSync(':memory:');
  small.exec('CREATE TABLE t (x); PRAGMA max_page_count = 2');
  const garbage = join(directory, 'garbage.db');
  writeFileSync(garbage, 'garbage'.repeat(1000));
  const errors = {
    system: thrownBy(() => writeFileSync('/dev/full', 'x')),
    sqlite: thrownBy(() => small.exec('INSERT INTO t VALUES (zeroblob(100000))')),
    damage: thrownBy(() => new DatabaseSync(garbage).exec('CREATE TABLE t (x)')),
    syntax: thrownBy(() => small.exec('FROM')),
    missing: thrownBy(() => writeFileSync(join(directory, 'missing', 'file'), 'x')),
  };
  const those = (is: (error: unknown) => boolean) =>
    Object.entries(errors).flatMap(([name, error]) => (is(error) ? [name] : []));
  expect(those(isDiskFull)).toEqual(['system', 'sqlite']);
  expect(those(isDamage)).toEqual(['damage']);
});
