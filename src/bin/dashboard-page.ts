/** The page that draws dashboards where there is no Grafana: a service of the unit of grafana-k8s. Argument: a JSON file. */

import { serveProvisioned } from '../dashboard/server/serve-provisioned.ts';
import { collectAtRest } from '../resident/collect-at-rest.ts';

try {
  const server = await serveProvisioned(process.argv[2] ?? '');
  const end = async (): Promise<void> => {
    await server.close();
    process.exit(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void end());
  collectAtRest();
  console.log(`dashboards at ${server.url}`);
} catch (error) {
  console.error(`cannot serve dashboards: ${(error as Error).message}`);
  process.exitCode = 1;
}
