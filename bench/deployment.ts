import { join } from 'node:path';
import {
  activeMessage,
  configFile,
  type Spine,
  unit,
  withTemporal,
  worker,
} from '../tests/integration/system/spine.ts';
import { checkout } from '../tests/integration/system/system.ts';
import { type Figure, milliseconds } from './figures.ts';
import { Watcher } from './watcher.ts';

/** What a user waits for: deploy → active, config change → active again, and how late the status is behind the server. */
export async function measureDeployment(): Promise<readonly Figure[]> {
  const spine = await withTemporal();
  const watcher = await Watcher.open(spine, { namespace: 'test', queue: 'test-queue' });
  try {
    const deployed = await deploy(spine, watcher);
    const changes: number[] = [];
    const late: number[] = [];
    for (let run = 0; run < 5; run++) {
      watcher.forget();
      const begin = Date.now();
      await spine.system.do('config', worker, `sentry-environment=run-${run}`);
      const { listed, active, polled } = await watcher.nextWorker(begin, spine.address);
      changes.push(polled - begin);
      late.push(active - listed);
    }
    return [
      { what: '`deploy` (command typed) → active', figure: milliseconds([deployed]), aim: '' },
      { what: 'config change (command typed) → the new worker polls', figure: milliseconds(changes), aim: '' },
      { what: 'poller listed → status active', figure: milliseconds(late), aim: '≤ 1000 ms' },
    ];
  } finally {
    watcher.close();
    await spine.system.close();
  }
}

async function deploy(spine: Spine, watcher: Watcher): Promise<number> {
  const { system, address } = spine;
  const file = configFile(system, { host: address, queue: 'test-queue', namespace: 'test' });
  const begin = Date.now();
  await system.do(
    'deploy',
    worker,
    '--resource',
    `temporal-worker-image=${join(checkout, 'sample')}`,
    '--config',
    file,
  );
  await system.do(
    'wait-for',
    'unit',
    unit,
    '--query',
    `workload-status=="active" && workload-message=="${activeMessage}"`,
    '--timeout',
    '60s',
  );
  const took = Date.now() - begin;
  watcher.forget();
  return took;
}
