import type { Bundle } from '../controller/bundle.ts';

/** Canonical's bundle of that name, with the parts that mean something on one machine. */
export const cosLite: Bundle = {
  applications: {
    alertmanager: { charm: 'alertmanager-k8s' },
    grafana: { charm: 'grafana-k8s' },
    loki: { charm: 'loki-k8s' },
    prometheus: { charm: 'prometheus-k8s' },
  },
  relations: [
    ['prometheus:alertmanager', 'alertmanager:alerting'],
    ['grafana:grafana-source', 'prometheus:grafana-source'],
    ['grafana:grafana-source', 'loki:grafana-source'],
    ['grafana:grafana-source', 'alertmanager:grafana-source'],
    ['loki:alertmanager', 'alertmanager:alerting'],
    ['prometheus:metrics-endpoint', 'alertmanager:self-metrics-endpoint'],
    ['prometheus:metrics-endpoint', 'loki:metrics-endpoint'],
    ['prometheus:metrics-endpoint', 'grafana:metrics-endpoint'],
  ],
  leftOut: [
    'traefik: servers listen on 127.0.0.1 and need no ingress',
    'catalogue: "charmlet status" lists the applications and their addresses',
  ],
};
