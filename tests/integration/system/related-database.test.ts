import { afterAll, beforeAll, expect, test } from 'vitest';
import type { DatabasePlace } from '../../../charm/relations/database.ts';
import { askDatabase } from '../../../src/agent/database-answer.ts';
import { deployWorker, type Spine, withTemporal, worker, workerProcesses } from './spine.ts';
import { command, freePort, until } from './system.ts';

let spine: Spine;
let port: number;
const units = [0, 1, 2].map((n) => `${worker}/${n}`);

beforeAll(async () => {
  spine = await withTemporal();
  port = await freePort();
  await spine.system.do('deploy', 'postgresql-k8s', '--channel', '14/stable', '--trust', '--config', `port=${port}`);
  await deployWorker(spine, { flags: ['-n', '3'] });
});
afterAll(() => spine?.system.close());

const messageOf = async (unit: string) => (await spine.system.unit(unit))['workload-status'].message ?? '';
const allActive = async () => {
  for (const unit of units) await spine.system.waitForUnit(unit, 'workload-status=="active" && agent-status=="idle"');
};

/** The database's variables of each worker that runs, by unit. */
function told(): Record<string, Record<string, string>> {
  return Object.fromEntries(
    workerProcesses(spine.address).map(({ variables }) => {
      const unit = String(variables.TEMPORAL_WORKER_IDENTITY).replace(/@.*$/, '');
      return [unit, Object.fromEntries(Object.entries(variables).filter(([name]) => name.startsWith('TEMPORAL_DB_')))];
    }),
  );
}

/** Runs the sample's database workflow until the worker of every unit has written and read. Gives what it wrote. */
async function writeFromEveryUnit(name: string): Promise<{ id: number; name: string; worker: string }[]> {
  const where = ['--address', spine.address, '--namespace', 'test', '--queue', 'test-queue'];
  const client = ['sample/dist/client.mjs', '--workflow', 'database', '--name', name, '--timeout', '60', ...where];
  const written: { id: number; name: string; worker: string }[] = [];
  await until('a greeting from every unit', 120_000, async () => {
    const ran = await Promise.all(units.map(() => command(process.execPath, client)));
    for (const { stdout, stderr } of ran) {
      expect(stderr).toBe('');
      written.push(JSON.parse(stdout));
    }
    return units.every((unit) => written.some(({ worker: by }) => by.startsWith(`${unit}@`))) ? true : undefined;
  });
  return written;
}

test('a related database without a name blocks every unit, with the command to type, and that command heals', async () => {
  const { system } = spine;
  await system.do('relate', worker, 'postgresql-k8s');
  for (const unit of units) {
    await system.waitForUnit(unit, 'workload-status=="blocked"');
    expect(await messageOf(unit)).toBe(`Invalid config: db name value missing — run: config ${worker} db-name=NAME`);
  }
  // The workers run on as they are.
  expect(Object.keys(told()).sort()).toEqual(units);
  await system.do('config', worker, 'db-name=orders');
  await allActive();
  const variables = await until('the variables of all workers', 120_000, () => {
    const now = told();
    return units.every((unit) => now[unit]?.TEMPORAL_DB_HOST) ? now : undefined;
  });
  for (const unit of units)
    expect(variables[unit]).toEqual({
      TEMPORAL_DB_NAME: 'orders',
      TEMPORAL_DB_HOST: '127.0.0.1',
      TEMPORAL_DB_PORT: String(port),
      TEMPORAL_DB_USER: expect.stringMatching(/^relation_id_\d+$/),
      TEMPORAL_DB_PASSWORD: expect.stringMatching(/^\S{8,}$/),
      TEMPORAL_DB_TLS: 'True',
    });
});

test('a workflow writes and reads on each of the units', async () => {
  const written = await writeFromEveryUnit('Ada');
  expect(new Set(written.map(({ name }) => name))).toEqual(new Set(['Ada']));
  expect(new Set(written.map(({ id }) => id)).size).toBe(written.length);
});

test('a rotated password reaches the workers of all units, and they write on', async () => {
  const { system } = spine;
  const user = told()[units[0]!]?.TEMPORAL_DB_USER;
  await system.do('run', 'postgresql-k8s/0', 'set-password', `username=${user}`, 'password=another-one-42');
  await until('the new password in all workers', 120_000, () =>
    units.every((unit) => told()[unit]?.TEMPORAL_DB_PASSWORD === 'another-one-42') ? true : undefined,
  );
  await allActive();
  for (const file of ['show-unit', 'status']) {
    const shown = await system.do(file, ...(file === 'show-unit' ? units : []), '--format', 'json');
    expect(shown).not.toContain('another-one-42');
  }
  expect((await writeFromEveryUnit('Grace')).every(({ name }) => name === 'Grace')).toBe(true);
});

test('the charm tells a password that is refused from a server that cannot be reached, and quotes neither', async () => {
  const variables = told()[units[0]!]!;
  const place: DatabasePlace = {
    name: 'orders',
    host: variables.TEMPORAL_DB_HOST!,
    port,
    user: variables.TEMPORAL_DB_USER!,
    password: variables.TEMPORAL_DB_PASSWORD!,
    tls: 'True',
    ca: '',
  };
  expect(await askDatabase(place)).toEqual({ outcome: 'open' });
  const wrong = await askDatabase({ ...place, password: 'not-the-password' });
  expect(wrong).toEqual({ outcome: 'refused', why: expect.stringContaining('password authentication failed') });
  expect(JSON.stringify(wrong)).not.toContain('not-the-password');
  expect(await askDatabase({ ...place, name: 'nowhere' })).toMatchObject({ outcome: 'refused' });
  expect(await askDatabase({ ...place, port: await freePort() })).toEqual({
    outcome: 'unreachable',
    why: expect.stringContaining('ECONNREFUSED'),
  });
});

test('a second database is refused, in the words of Juju', async () => {
  const { system } = spine;
  await system.do('deploy', 'postgresql-k8s', 'other-database', '--config', `port=${await freePort()}`);
  const { code, stderr } = await system.run('integrate', worker, 'other-database');
  expect(code).toBe(1);
  expect(stderr).toMatch(/quota limit|exceed|establishing a new relation/);
  await system.do('remove-application', '--no-prompt', 'other-database');
});

test('without the relation the variables are gone from every worker, in the very hook', async () => {
  const { system } = spine;
  await system.do('remove-relation', worker, 'postgresql-k8s');
  await until('no variable of a database', 120_000, () => {
    const now = told();
    const gone = units.every((unit) => now[unit] && !now[unit].TEMPORAL_DB_HOST && !now[unit].TEMPORAL_DB_PASSWORD);
    return gone ? true : undefined;
  });
  await allActive();
});
