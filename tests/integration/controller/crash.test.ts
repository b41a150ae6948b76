import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { databaseFile } from '../../../src/controller/places.ts';
import { TestController, until, writeCharm } from './controller.ts';

let controller: TestController;
let charms: string;

beforeEach(async () => {
  controller = new TestController();
  charms = join(controller.scratch, 'charms');
  await controller.start();
});
afterEach(() => controller?.destroy());

const config = 'options: {word: {type: string, default: none}}\n';

test('a hook that runs while the controller is killed is ended, writes nothing, and runs again', async () => {
  const begun = join(controller.scratch, 'begun');
  const gate = join(controller.scratch, 'gate');
  const charm = writeCharm(join(charms, 'slow'), {
    name: 'slow',
    body: [
      'if [ "$event" = config-changed ] && [ "$(config-get word)" = slow ]; then',
      `  state-set half=done; status-set maintenance working; echo $$ >>${begun}`,
      `  while [ ! -e ${gate} ]; do sleep 0.02; done`,
      '  state-set whole=done half=',
      'fi',
    ].join('\n'),
    files: { 'config.yaml': config },
  });
  await controller.deploy(charm);
  await controller.waitForTold('slow/0', 'start');
  await controller.config('slow', { word: 'slow' });
  const pids = (): number[] =>
    existsSync(begun) ? readFileSync(begun, 'utf8').split('\n').slice(0, -1).map(Number) : [];
  await until('the hook has begun', async () => pids().length === 1);

  await controller.kill();
  await controller.start();
  await until('the hook has begun again', async () => pids().length === 2);
  expect(runs(pids()[0]!)).toBe(false);
  // Statuses take effect at once, whatever becomes of the hook; what it buffered has gone with it.
  expect((await controller.unit('slow/0'))?.['workload-status'].message).toBe('working');
  expect(storedState()).toEqual({});
  writeFileSync(gate, '');
  await controller.waitForTold('slow/0', 'config-changed', 2);
  await until('the unit is idle', async () => (await controller.unit('slow/0'))?.['juju-status'].current === 'idle');
  expect(await controller.exec('slow/0', 'state-get whole')).toBe('done\n');
  expect(pids()).toHaveLength(2);
});

test('an action that runs while the controller is killed has failed, and is not run again', async () => {
  const ran = join(controller.scratch, 'ran');
  const charm = writeCharm(join(charms, 'acting'), {
    name: 'acting',
    body: `if [ "$event" = wait ]; then echo x >>${ran}; sleep 60; fi`,
    files: { 'actions.yaml': 'wait: {description: Waits.}\n' },
  });
  await controller.deploy(charm);
  await controller.waitForTold('acting/0', 'start');
  const operation = await controller.call('run', {
    units: ['acting/0'],
    action: 'wait',
    params: {},
    background: true,
    waitMs: 0,
  });
  const task = operation.tasks['acting/0']!.id;
  await until('the action has begun', async () => existsSync(ran) && readFileSync(ran, 'utf8') === 'x\n');
  await controller.kill();
  await controller.start();
  expect(await controller.call('showTask', { id: task, waitMs: 20_000 })).toMatchObject({
    status: 'failed',
    message: 'action terminated',
  });
  await controller.exec('acting/0', 'true');
  expect(readFileSync(ran, 'utf8')).toBe('x\n');
});

test('whatever is killed at whatever time, an acknowledged value is committed, and once', async () => {
  const charm = writeCharm(join(charms, 'counting'), {
    name: 'counting',
    body: [
      'if [ "$event" = config-changed ]; then',
      '  word=$(config-get word) && commits=$(state-get commits) || exit 1',
      '  state-set "word=$word" "commits=$((commits + 1))" || exit 1',
      'fi',
    ].join('\n'),
    files: { 'config.yaml': config },
  });
  await controller.deploy(charm);
  await controller.waitForTold('counting/0', 'start');
  const random = seeded(20_261_121);
  for (let round = 1; round <= 15; round += 1) {
    await controller.config('counting', { word: `w${round}` });
    await new Promise((resolve) => setTimeout(resolve, random() * 40));
    if (random() < 0.3) {
      killOne(controller.processes().filter(isDispatch), random);
    } else {
      await controller.kill();
      await controller.start();
    }
    await until(`w${round} is committed`, async () => storedState().word === `w${round}`);
    expect(Number(storedState().commits)).toBe(round + 1);
  }
  await controller.exec('counting/0', 'true');
  expect(storedState()).toEqual({ word: 'w15', commits: '16' });
});

test('a unit that is being installed or removed when the controller is killed gets to the end of it', async () => {
  const charm = writeCharm(join(charms, 'plain'), {
    name: 'plain',
    // A hook that is cut short at its very end has been told, and is told again: what it commits counts.
    body: 'told=$(state-get told) && state-set "told=$told $event" || exit 1',
    files: { 'metadata.yaml': 'name: plain\nstorage: {certs: {type: filesystem}}\n' },
  });
  await controller.deploy(charm);
  await controller.kill();
  await controller.start();
  await controller.waitForTold('plain/0', 'certs-storage-attached');
  const committed = (await controller.exec('plain/0', 'state-get told')).trim();
  expect(committed).toBe('install leader-elected config-changed start certs-storage-attached');
  await controller.call('removeApplication', { applications: ['plain'], force: false, destroyStorage: true });
  await controller.kill();
  await controller.start();
  await controller.waitFor('the application has gone', (status) => !status.applications.plain);
  await until('its directory has gone', async () => !existsSync(join(controller.paths.data, 'units/plain-0')));
});

test('copies that nobody uses any more are removed at the next start', async () => {
  const directory = join(charms, 'plain');
  for (const application of ['one', 'two', 'three'])
    await controller.deploy(writeCharm(directory, { name: 'plain' }), { application });
  for (const application of ['one', 'two', 'three']) await controller.waitForTold(`${application}/0`, 'start');
  expect(readdirSync(join(controller.paths.data, 'charms')).sort()).toEqual(['plain-0', 'plain-1', 'plain-2']);
  await controller.call('removeApplication', { applications: ['one', 'three'], force: false, destroyStorage: false });
  await controller.waitFor('they have gone', (status) => Object.keys(status.applications).join() === 'two');
  await controller.kill();
  await controller.start();
  expect(readdirSync(join(controller.paths.data, 'charms'))).toEqual(['plain-1']);
  expect((await controller.deploy(directory, { application: 'four' })).revision).toBe(3);
});

test('after a reboot every unit is told config-changed and start', async () => {
  await controller.deploy(writeCharm(join(charms, 'plain'), { name: 'plain' }));
  await controller.waitForTold('plain/0', 'start');
  await controller.waitForUnit('plain/0', 'unknown');
  await controller.kill();
  withModel((db) => db.exec("UPDATE units SET boot = 'an earlier one'"));
  await controller.start();
  expect(await controller.waitForTold('plain/0', 'start', 2)).toEqual([
    'install',
    'leader-elected',
    'config-changed',
    'start',
    'config-changed',
    'start',
  ]);
});

describe('a controller does not start, and says why in one line,', () => {
  test('when another one has the data', async () => {
    const second = new TestController();
    rmSync(second.scratch, { recursive: true });
    Object.defineProperty(second, 'env', { get: () => controller.env });
    await expect(second.start()).rejects.toThrow(
      /^ERROR cannot start a second controller on .*: process \d+ has it \(stop that one, or set CHARMLET_DATA to another directory\)$/,
    );
    expect((await controller.call('ping', {})).data).toBe(controller.paths.data);
  });

  test.each([
    [
      'is no database',
      (file: string) => writeFileSync(file, 'garbage'.repeat(1000)),
      /cannot read the model's database .*: it is no SQLite database/,
    ],
    ['is empty', (file: string) => writeFileSync(file, ''), /cannot read the model's database .*: it is empty/],
    [
      'is damaged inside',
      (file: string) => damage(file),
      /cannot read the model's database .*model\.db: .*(malformed|corrupt|not a database|Tree)/,
    ],
    [
      'comes from a newer charmlet',
      () => withModel((db) => db.exec('PRAGMA user_version = 99')),
      /cannot open .*: its schema is version 99 \(this charmlet knows versions up to \d+/,
    ],
  ])('when the database %s', async (_name, spoil, message) => {
    await controller.deploy(writeCharm(join(charms, 'plain'), { name: 'plain' }));
    await controller.waitForTold('plain/0', 'start');
    await controller.kill();
    // The log of changes is folded in first, so that the main file is what is read.
    withModel((db) => db.exec('PRAGMA wal_checkpoint(TRUNCATE)'));
    const good = readFileSync(databaseFile(controller.paths));
    spoil(databaseFile(controller.paths));
    const error: Error = await controller.start().then(
      () => new Error('it started'),
      (reason) => reason,
    );
    expect(error.message).toMatch(message);
    expect(error.message.split('\n')).toHaveLength(1);
    for (const suffix of ['-wal', '-shm']) rmSync(databaseFile(controller.paths) + suffix, { force: true });
    writeFileSync(databaseFile(controller.paths), good);
    await controller.start();
    expect(await controller.unit('plain/0')).toBeDefined();
  });
});

function withModel<T>(body: (db: DatabaseSync) => T): T {
  const db = new DatabaseSync(databaseFile(controller.paths), { timeout: 5000 });
  try {
    return body(db);
  } finally {
    db.close();
  }
}

function storedState(): Record<string, unknown> {
  return withModel((db) =>
    Object.fromEntries(
      db
        .prepare('SELECT key, value FROM charm_state')
        .all()
        .map((row) => [row.key, row.value]),
    ),
  );
}

function damage(file: string): void {
  const content = readFileSync(file);
  for (let at = 4096; at < content.length; at += 512) content.fill(0xa5, at, at + 64);
  writeFileSync(file, content);
}

/** A zombie does not run: only its parent has not looked at it yet. */
function runs(pid: number): boolean {
  try {
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return false;
  }
}

function isDispatch(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1').includes('JUJU_CONTEXT_ID=');
  } catch {
    return false;
  }
}

function killOne(pids: readonly number[], random: () => number): void {
  const pid = pids[Math.floor(random() * pids.length)];
  if (pid === undefined) return;
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
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
