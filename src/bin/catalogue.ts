import { fileURLToPath } from 'node:url';
import { cosLite } from '../companions/cos-lite.ts';
import type { Catalogue } from '../controller/catalogue.ts';

/** What `charmlet deploy NAME` knows: the packed charm of this project, and the companions. */
export const catalogue: Catalogue = {
  charms: { 'temporal-worker-k8s': fileURLToPath(new URL('../../dist/charm', import.meta.url)) },
  bundles: { 'cos-lite': cosLite },
  companions: {
    'alertmanager-k8s': async () => (await import('../companions/alertmanager-k8s/index.ts')).alertmanagerK8s,
    'grafana-k8s': async () => (await import('../companions/grafana-k8s/index.ts')).grafanaK8s,
    'loki-k8s': async () => (await import('../companions/loki-k8s/index.ts')).lokiK8s,
    'postgresql-k8s': async () => (await import('../companions/postgresql-k8s/index.ts')).postgresqlK8s,
    'prometheus-k8s': async () => (await import('../companions/prometheus-k8s/index.ts')).prometheusK8s,
    'temporal-k8s': async () => (await import('../companions/temporal-k8s/index.ts')).temporalK8s,
    'vault-k8s': async () => (await import('../companions/vault-k8s/index.ts')).vaultK8s,
  },
};
