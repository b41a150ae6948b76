import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { LogLine } from '../../../src/controller/api.ts';
import { databaseFile } from '../../../src/controller/places.ts';
import { TestController, until, writeCharm } from './controller.ts';

const count = 20;
const rounds = 5;
let controller: TestController;

/** In each hook: state, a databag, a status, and from the second round on a secret of its own with a new revision. */
const body = `
[ "$event" = config-changed ] || { [ "$event" = bump ] || exit 0; }
word=$(config-get word) || exit 1
n=$(($(state-get n) + 1)) || exit 1
state-set "n=$n" "word=$word" || exit 1
for id in $(relation-ids mates); do relation-set -r "$id" "n=$n" || exit 1; done
key=$(state-get key)
if [ -z "$key" ]; then key=$(secret-add --owner unit "value=$n") || exit 1; state-set "key=$key"; else secret-set "$key" "value=$n" || exit 1; fi
status-set active "$n" || exit 1`;

beforeAll(async () => {
  controller = new TestController();
  await controller.start();
  const charm = writeCharm(join(controller.scratch, 'charm'), {
    name: 'busy',
    body,
    files: {
      'metadata.yaml': 'name: busy\npeers: {mates: {interface: mates}}\n',
      'config.yaml': 'options: {word: {type: string, default: w0}}\n',
      'actions.yaml': 'bump: {description: Counts.}\n',
    },
  });
  await controller.deploy(charm, { units: count });
});
afterAll(() => controller?.destroy());

test('twenty units that write at the same time lose no write, while others write and read beside them', {
  timeout: 600_000,
}, async () => {
  const names = Array.from({ length: count }, (_, n) => `busy/${n}`);
  await settled();
  const before = states();
  for (let round = 1; round <= rounds; round += 1) {
    await controller.config('busy', { word: `w${round}` });
    // Beside the hooks: actions on every unit, and user secrets.
    await Promise.all([
      controller.call('run', { units: names, action: 'bump', params: {}, waitMs: 300_000, background: false }),
      ...Array.from({ length: 10 }, (_, n) =>
        controller.call('addSecret', { name: `s${round}-${n}`, info: '', content: { words: [`value=${n}`] } }),
      ),
      ...Array.from({ length: 10 }, () => controller.status()),
    ]);
    await settled();
  }
  const after = states();
  for (const name of names) {
    const [first, last] = [before.get(name)!, after.get(name)!];
    // An action and a config-changed a round; the options may have been read by one that began before they were changed.
    expect(Number(last.n) - Number(first.n), name).toBe(2 * rounds);
    expect(last.word, name).toBe(`w${rounds}`);
    expect((await controller.unit(name))?.['workload-status'].message, name).toBe(last.n);
  }
  expect((await controller.call('secrets', {})).secrets).toHaveLength(count + 10 * rounds);
  const lines: LogLine[] = [];
  const all = { include: [], exclude: [], includeModule: [], excludeModule: [], backlog: -1, limit: 0, follow: false };
  await controller.call('debugLog', { ...all, level: 'TRACE' }, (line) => lines.push(line));
  expect(lines.filter(({ message }) => /SQLITE|database is locked|internal error/i.test(message))).toEqual([]);
  expect(lines.filter(({ level }) => level === 'ERROR')).toEqual([]);
});

async function settled(): Promise<void> {
  await until('every unit has nothing left to do', async () =>
    withModel((db) => {
      const left = db
        .prepare('SELECT (SELECT count(*) FROM events) + (SELECT count(*) FROM units WHERE started = 0) AS n')
        .get();
      return left?.n === 0 && states().size === count;
    }),
  ).catch((error: Error) => {
    const left = withModel((db) => db.prepare('SELECT unit, state, event_json, reason FROM events LIMIT 5').all());
    throw new Error(`${error.message}: ${JSON.stringify([left, [...states()]])}`);
  });
}

/** Unit -> its state. */
function states(): Map<string, Record<string, string>> {
  return withModel((db) => {
    const rows = db
      .prepare("SELECT 'busy/' || u.number AS unit, s.key, s.value FROM charm_state s JOIN units u ON u.id = s.unit")
      .all();
    const found = new Map<string, Record<string, string>>();
    for (const { unit, key, value } of rows)
      found.set(String(unit), { ...found.get(String(unit)), [String(key)]: String(value) });
    return found;
  });
}

function withModel<T>(read: (db: DatabaseSync) => T): T {
  const db = new DatabaseSync(databaseFile(controller.paths), { timeout: 5000, readOnly: true });
  try {
    return read(db);
  } finally {
    db.close();
  }
}
