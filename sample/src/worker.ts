import { join } from 'node:path';
import { runWorker } from 'temporal-worker-kit';
import * as activities from './activities/index.ts';

// Bundled by build.mjs: the worker starts in a second and needs neither a compiler nor node_modules.
await runWorker({
  workflowBundle: { codePath: join(import.meta.dirname, 'workflow-bundle.js') },
  activities,
  ...(await ownMetrics()),
});

/** Memory, processor time and the event loop's delay, where the option workload-prometheus-port asks for them. */
async function ownMetrics() {
  if (!process.env.TWC_WORKLOAD_PROMETHEUS_PORT) return {};
  const { collectDefaultMetrics, register } = (await import('prom-client')).default;
  collectDefaultMetrics();
  return { workloadMetrics: register };
}
