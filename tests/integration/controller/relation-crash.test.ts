import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { databaseFile } from '../../../src/controller/places.ts';
import { TestController, until, writeCharm } from './controller.ts';

let controller: TestController;
beforeEach(async () => {
  controller = new TestController();
  await controller.start();
});
afterEach(() => controller?.destroy());

const applications = ['left', 'right'] as const;
const units = (application: string): string[] => [0, 1, 2].map((n) => `${application}/${n}`);
const otherOf = (application: string): string => (application === 'left' ? 'right' : 'left');

/**
 * Every unit writes the option `word` into its databag, the leader also into its application's; and keeps, in state that is
 * committed with the hook, how often it was told of each member of the other side and what it read then.
 */
const body = `
# Each answer is asked for by itself: that of a hook command that was killed, in the middle of a line, would be empty text.
tell() {
  word=$(config-get word) && leads=$(is-leader) || exit 1
  relation-set -r "$1" word="$word" || exit 1
  [ "$leads" != True ] || relation-set -r "$1" --app word="$word" || exit 1
}
count() { n=$(state-get "$1") && state-set "$1=$((n + 1))" || exit 1; }
case $event in
config-changed) ids=$(relation-ids link) || exit 1; for id in $ids; do tell "$id"; done ;;
link-relation-created) tell "$JUJU_RELATION_ID"; count created ;;
link-relation-joined) count "joined $JUJU_REMOTE_UNIT" ;;
link-relation-changed)
  from=\${JUJU_REMOTE_UNIT:-$JUJU_REMOTE_APP}
  count "changed $from"
  if [ -n "$JUJU_REMOTE_UNIT" ]; then word=$(relation-get word); else word=$(relation-get --app word "$JUJU_REMOTE_APP"); fi || exit 1
  state-set "read $from=$word" || exit 1 ;;
esac`;

test('three units of each of two applications: no write and no event is lost or told twice, whatever is killed', async () => {
  for (const [application, role] of [
    ['left', 'provides'],
    ['right', 'requires'],
  ] as const) {
    const charm = writeCharm(join(controller.scratch, 'charms', application), {
      name: application,
      body,
      files: {
        'metadata.yaml': `name: ${application}\n${role}: {link: {interface: link}}\n`,
        'config.yaml': 'options: {word: {type: string, default: w0}}\n',
      },
    });
    await controller.deploy(charm, { units: 3 });
  }
  const random = seeded(20_261_121);
  const words: Record<string, string> = { left: 'w0', right: 'w0' };
  /** How often each unit is to be told of each member of an application: once when they meet, and of each write. */
  const writes: Record<string, number> = { left: 1, right: 1 };

  await controller.call('integrate', { endpoints: ['left', 'right'] });
  await disturb(random);
  await allRead(words);
  expect(counts()).toEqual(expected(writes));

  for (let round = 1; round <= 10; round += 1) {
    const application = applications[Math.floor(random() * 2)]!;
    words[application] = `w${round}`;
    writes[application] = writes[application]! + 1;
    await controller.config(application, { word: words[application] });
    await disturb(random);
    await allRead(words);
    expect(counts(), `after round ${round}`).toEqual(expected(writes));
  }

  // Writes that do not wait for each other: what was written last is what all have read in the end.
  for (let write = 1; write <= 15; write += 1) {
    const application = applications[Math.floor(random() * 2)]!;
    words[application] = `x${write}`;
    await controller.config(application, { word: words[application] });
    if (random() < 0.4) await disturb(random);
  }
  await allRead(words);
  expect(databags()).toEqual(
    Object.fromEntries(
      applications.flatMap((application) =>
        [application, ...units(application)].map((entity) => [entity, words[application]]),
      ),
    ),
  );
  const { created, joined } = { created: counted('created'), joined: counted('joined') };
  expect(created).toEqual(Array(6).fill(1));
  expect(joined).toEqual(Array(18).fill(1));

  await controller.call('removeRelation', { endpoints: ['left', 'right'], force: false });
  await disturb(random);
  await until('the relation has gone', async () => (await controller.status()).integrations?.length === 0);
  for (const unit of applications.flatMap(units))
    expect(controller.told(unit).filter((event) => event === 'link-relation-broken').length).toBeGreaterThanOrEqual(1);
});

/** Kills the controller, or one of the dispatches that run, after a moment. */
async function disturb(random: () => number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, random() * 120));
  const dispatches = random() < 0.3 ? controller.processes().filter(isDispatch) : [];
  const victim = dispatches[Math.floor(random() * dispatches.length)];
  if (victim === undefined) {
    await controller.kill();
    await controller.start();
    return;
  }
  try {
    process.kill(victim, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

/** Until each unit has read the newest word of each member of the other side, and nobody has anything left to be told. */
async function allRead(words: Readonly<Record<string, string>>): Promise<void> {
  await until(`all have read ${JSON.stringify(words)}`, async () => {
    const state = stored();
    const isRead = applications.every((application) =>
      units(application).every((unit) =>
        [otherOf(application), ...units(otherOf(application))].every(
          (member) => state.get(`${unit} read ${member}`) === words[otherOf(application)],
        ),
      ),
    );
    return isRead && withModel((db) => db.prepare('SELECT count(*) AS n FROM events').get()?.n === 0);
  }).catch((error: Error) => {
    throw new Error(`${error.message}: ${JSON.stringify([...stored()])}`);
  });
}

/** `<unit> changed <member>` -> how often that was committed. */
function counts(): Record<string, number> {
  return Object.fromEntries(
    [...stored()].filter(([key]) => key.includes(' changed ')).map(([key, value]) => [key, Number(value)]),
  );
}

function expected(writes: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(
    applications.flatMap((application) =>
      units(application).flatMap((unit) =>
        [otherOf(application), ...units(otherOf(application))].map((member) => [
          `${unit} changed ${member}`,
          writes[otherOf(application)]!,
        ]),
      ),
    ),
  );
}

function counted(word: string): number[] {
  return [...stored()].filter(([key]) => key.split(' ')[1] === word).map(([, value]) => Number(value));
}

/** Charm state of every unit: `<unit> <key>` -> value. */
function stored(): Map<string, string> {
  return withModel((db) => {
    const rows = db
      .prepare(
        "SELECT a.name || '/' || u.number || ' ' || s.key AS key, s.value FROM charm_state s JOIN units u ON u.id = s.unit JOIN applications a ON a.id = u.application",
      )
      .all();
    return new Map(rows.map((row) => [String(row.key), String(row.value)]));
  });
}

function databags(): Record<string, string> {
  return withModel((db) =>
    Object.fromEntries(
      db
        .prepare('SELECT entity, content_json FROM databags')
        .all()
        .map((row) => [String(row.entity), JSON.parse(String(row.content_json)).word]),
    ),
  );
}

function withModel<T>(read: (db: DatabaseSync) => T): T {
  const db = new DatabaseSync(databaseFile(controller.paths), { timeout: 5000, readOnly: true });
  try {
    return read(db);
  } finally {
    db.close();
  }
}

function isDispatch(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1').includes('JUJU_CONTEXT_ID=');
  } catch {
    return false;
  }
}

/** Park and Miller's generator: the same day at every run. */
function seeded(seed: number): () => number {
  let state = seed % 2147483647;
  return () => {
    state = (state * 16807) % 2147483647;
    return state / 2147483647;
  };
}
