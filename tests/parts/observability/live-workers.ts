import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import { bundleWorkflowCode } from '@temporalio/worker';
import { checkout, freePort, System } from '../../integration/system/system.ts';

/** Four workers of the charm on a real server, scraped by a real Prometheus, and a grafana-k8s that is related to all. */
export const applications = ['busy', 'failing', 'slow', 'idle'] as const;

export interface LiveWorkers {
  readonly system: System;
  /** Stops giving the workers something to do, and everything else. */
  close(): Promise<void>;
}

/** Starts all of it; the workers have something to do from then on. */
export async function startLiveWorkers(): Promise<LiveWorkers> {
  const system = new System({ env: { CHARMLET_GRAFANA: 'none' } });
  try {
    const [port, ui, metrics, web, prometheus] = await Promise.all(Array.from({ length: 5 }, freePort));
    const ports = [`port=${port}`, `ui-port=${ui}`, `metrics-port=${metrics}`].flatMap((one) => ['--config', one]);
    await system.do('deploy', 'temporal-k8s', ...ports);
    await system.do('run', 'temporal-k8s/0', 'create-namespace', 'name=test');
    await system.do('deploy', 'grafana-k8s', '--config', `port=${web}`);
    const scraping = ['scrape_interval=1s', `port=${prometheus}`].flatMap((one) => ['--config', one]);
    await system.do('deploy', 'prometheus-k8s', ...scraping);
    await system.do('integrate', 'prometheus-k8s:grafana-source', 'grafana-k8s');
    const image = await writeImage(join(system.root, 'image'));
    for (const name of applications) {
      const config = { host: `127.0.0.1:${port}`, namespace: 'test', queue: name };
      const options = Object.entries(config).flatMap(([key, value]) => ['--config', `${key}=${value}`]);
      const resource = ['--resource', `temporal-worker-image=${image}`];
      await system.do('deploy', 'temporal-worker-k8s', name, ...resource, ...options);
      await system.do('integrate', `${name}:metrics-endpoint`, 'prometheus-k8s');
      await system.do('integrate', `${name}:grafana-dashboard`, 'grafana-k8s');
    }
    for (const name of applications) {
      await system.do('wait-for', 'application', name, '--query', 'status=="active"', '--timeout', '300s');
    }
    const stop = await giveWork(`127.0.0.1:${port}`);
    return {
      system,
      async close() {
        await stop().finally(() => system.close());
      },
    };
  } catch (error) {
    const words = [
      '--container',
      'temporal-worker',
      'busy/0',
      '/charm/bin/pebble',
      'logs',
      'temporal-worker',
      '-n',
      '20',
    ];
    console.error((await system.run('ssh', ...words)).stdout);
    await system.close();
    throw error;
  }
}

/** The fixture's worker is run where it lies, for it needs the checkout's modules; its workflows are bundled once. */
async function writeImage(directory: string): Promise<string> {
  mkdirSync(join(directory, 'scripts'), { recursive: true });
  const fixture = join(checkout, 'tests/fixtures/metrics');
  const quiet = { log() {}, trace() {}, debug() {}, info() {}, warn() {}, error: console.error };
  const { code } = await bundleWorkflowCode({ workflowsPath: join(fixture, 'workflows.ts'), logger: quiet });
  const bundle = join(directory, 'workflow-bundle.js');
  writeFileSync(bundle, code);
  const words = [process.execPath, join(fixture, 'queue-worker.ts'), '"$TEMPORAL_PROMETHEUS_BIND_ADDRESS"', bundle];
  writeFileSync(join(directory, 'scripts/start-worker.sh'), `#!/bin/bash\nexec ${words.join(' ')}\n`, { mode: 0o755 });
  return directory;
}

/** Begins workflows all the time, none for the idle worker; answers how to stop. */
async function giveWork(address: string): Promise<() => Promise<void>> {
  const connection = await Connection.connect({ address });
  const { workflow } = new Client({ connection, namespace: 'test' });
  const open = new Set<WorkflowHandle>();
  let going = true;
  let count = 0;
  const run = async (type: string, taskQueue: string, { cancel = false } = {}) => {
    count += 1;
    const options = { taskQueue, workflowId: `${type}-${count}`, args: [], workflowExecutionTimeout: '60s' } as const;
    const handle = await workflow.start(type, options);
    open.add(handle);
    if (!going) await handle.terminate();
    if (cancel) await handle.cancel();
    await handle.result().catch(() => {});
    open.delete(handle);
  };
  const again = async (...work: readonly (readonly [type: string, taskQueue: string])[]) => {
    while (going) {
      for (const [type, taskQueue] of work) {
        // A busy server may refuse one; the next one comes anyway.
        await run(type, taskQueue, { cancel: type === 'endless' }).catch((error: Error) => {
          if (going) console.error(`# workflow ${type}: ${error.message}`);
        });
      }
    }
  };
  const loops = [
    ...Array.from({ length: 5 }, () => again(['busy', 'busy'])),
    again(['continued', 'busy'], ['endless', 'busy']),
    again(['failing', 'failing'], ['refused', 'failing'], ['refusedLocally', 'failing']),
    ...['changed', 'large', '<img src=x onerror="document.title=1">'].map((type) => again([type, 'failing'])),
    ...Array.from({ length: 3 }, () => again(['slow', 'slow'])),
  ];
  return async () => {
    going = false;
    await Promise.all([...open].map((handle) => handle.terminate().catch(() => {})));
    await Promise.allSettled(loops);
    await connection.close();
  };
}
