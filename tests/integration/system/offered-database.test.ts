import { afterAll, beforeAll, expect, test } from 'vitest';
import { deployWorker, type Spine, withTemporal, worker, workerProcesses } from './spine.ts';
import { freePort, until } from './system.ts';

let spine: Spine;
let port: number;

beforeAll(async () => {
  spine = await withTemporal();
  port = await freePort();
  await deployWorker(spine, {});
});
afterAll(() => spine?.system.close());

/** The database's variables of the worker that runs; none while it is being started anew. */
function told(): Record<string, string> {
  const variables = workerProcesses(spine.address).flatMap((each) => Object.entries(each.variables));
  return Object.fromEntries(variables.filter(([name]) => name.startsWith('TEMPORAL_DB_')));
}

test('a database that another model offers reaches the worker, with its password as a secret of that model', async () => {
  const { system } = spine;
  await system.do('add-model', 'data');
  await system.do('deploy', 'postgresql-k8s', '--channel', '14/stable', '--trust', '--config', `port=${port}`);
  await system.do('offer', 'postgresql-k8s:database');
  await system.do('switch', 'default');
  await system.do('config', worker, 'db-name=orders');
  await system.do('relate', worker, 'admin/data.postgresql-k8s');
  const variables = await until('the worker has the database', 120_000, async () => {
    const all = told();
    return all.TEMPORAL_DB_PASSWORD ? all : undefined;
  });
  expect(variables).toMatchObject({ TEMPORAL_DB_NAME: 'orders', TEMPORAL_DB_PORT: String(port) });
  await system.waitForUnit(`${worker}/0`, 'workload-status=="active"');
  expect((await system.status())['application-endpoints']?.['postgresql-k8s']).toMatchObject({
    url: 'admin/data.postgresql-k8s',
    relations: { database: [worker] },
  });
});

test('the worker is without it when what it consumes is removed', async () => {
  const { system } = spine;
  await system.do('remove-saas', 'postgresql-k8s');
  await until('the worker has no database', 120_000, async () => (told().TEMPORAL_DB_PASSWORD ? undefined : true));
  expect(JSON.parse(await system.do('offers', '-m', 'data', '--format', 'json'))).toMatchObject({
    'postgresql-k8s': { 'offer-url': 'admin/data.postgresql-k8s' },
  });
});
