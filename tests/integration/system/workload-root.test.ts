import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { deployWorker, type Spine, unit, withTemporal, worker } from './spine.ts';
import { checkout } from './system.ts';

const python = join(checkout, 'tests/fixtures/python-worker');
const absent = mkdtempSync(join(tmpdir(), 'charmlet-root-'));
afterAll(() => rmSync(absent, { recursive: true, force: true }));

describe('without a mount namespace', () => {
  let spine: Spine;
  beforeAll(async () => {
    spine = await withTemporal({ env: { CHARMLET_NAMESPACE: 'never' } });
  });
  afterAll(() => spine?.system.close());

  test('a start script that names /app/ is refused with its file, its line and the ways out', async () => {
    const { system, address } = spine;
    await system.do(
      'deploy',
      worker,
      'py',
      '--resource',
      `temporal-worker-image=${python}`,
      '--config',
      `host=${address}`,
      '--config',
      'namespace=test',
      '--config',
      'queue=q',
    );
    await system.waitForUnit('py/0', 'workload-status=="blocked"');
    expect((await system.unit('py/0'))['workload-status'].message).toMatch(/start-worker\.sh:\d+ names \/app\//);
    await system.do('remove-application', 'py', '--no-prompt');
  });

  test('the sample, which uses relative paths only, runs', async () => {
    await deployWorker(spine);
    expect((await spine.greet('Alan')).code).toBe(0);
  });
});

describe('with a data directory whose path has 200 characters', () => {
  let spine: Spine;
  beforeAll(async () => {
    spine = await withTemporal({ data: join(absent, 'd'.repeat(100), 'e'.repeat(200 - 102 - absent.length), 'f') });
    await deployWorker(spine, { flags: ['--live'] });
  });
  afterAll(() => spine?.system.close());

  test('a worker that runs in place polls and works', async () => {
    expect((await spine.system.unit(unit))['workload-status'].current).toBe('active');
    expect((await spine.greet('Margaret')).code).toBe(0);
  });
});
