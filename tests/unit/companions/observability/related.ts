import type { Related } from '../../../../src/companions/observability/related.ts';

export const modelUuid = '20f0a416-8b22-4e74-899f-c789ae1bba5d';

/** A relation as a worker of two units would have it; `bag` replaces or takes away keys of the application's databag. */
export function related(bag: Readonly<Record<string, string>> = {}, units = ['worker/0', 'worker/1']): Related {
  const topology = { model: 'm', model_uuid: modelUuid, application: 'worker', unit: 'worker/0', charm_name: 'w-k8s' };
  return {
    id: 'metrics-endpoint:3',
    application: 'worker',
    bag: {
      scrape_metadata: JSON.stringify(topology),
      scrape_jobs: JSON.stringify([{ static_configs: [{ targets: ['*:9000'] }] }]),
      ...bag,
    },
    units: units.map((name, index) => ({
      name,
      bag: { prometheus_scrape_unit_address: `127.0.1.${index + 1}`, prometheus_scrape_unit_name: name },
    })),
  };
}
