/** What a charm of this name would carry: the endpoints and options of Canonical's charm that mean something here. */
export const metadata = `name: loki-k8s
summary: Loki
description: |
  A real log server for one machine, with a store that survives restarts. It listens on 127.0.0.1 only. It is Loki where
  there is one or a release of it can be downloaded, and else VictoriaLogs, which takes logs as Loki does.
assumes: []
containers:
  loki: {}
provides:
  logging:
    interface: loki_push_api
    optional: true
  metrics-endpoint:
    interface: prometheus_scrape
    optional: true
  grafana-source:
    interface: grafana_datasource
    optional: true
requires:
  alertmanager:
    interface: alertmanager_dispatch
    optional: true
`;

export const config = `options:
  port:
    type: int
    default: 0
    description: Port of the API, on 127.0.0.1. 0 takes 3100, or 13100 and so on where it is taken.
  ingestion-rate-mb:
    type: int
    default: 4
    description: How many MB of logs are taken in a second. Loki only.
  ingestion-burst-size-mb:
    type: int
    default: 15
    description: How many MB of logs are taken at once. Loki only.
  retention-period:
    type: int
    default: 0
    description: How many days logs are kept; 0 keeps them for ever.
  reporting-enabled:
    type: boolean
    default: false
    description: Let Loki send anonymous statistics to its makers. Canonical's charm has true.
  cpu:
    type: string
    description: Accepted; there is no limit here.
  memory:
    type: string
    description: Accepted; there is no limit here.
`;

export const actions = '{}\n';
