/** What a charm of this name would carry: the endpoints, options and actions of Canonical's charm that mean something here. */
export const metadata = `name: prometheus-k8s
summary: Prometheus
description: |
  A real Prometheus server for one machine, with a database that survives restarts. It listens on 127.0.0.1 only.
assumes: []
containers:
  prometheus: {}
provides:
  self-metrics-endpoint:
    interface: prometheus_scrape
    optional: true
  grafana-source:
    interface: grafana_datasource
    optional: true
requires:
  metrics-endpoint:
    interface: prometheus_scrape
    optional: true
  alertmanager:
    interface: alertmanager_dispatch
    optional: true
`;

export const config = `options:
  port:
    type: int
    default: 0
    description: Port of the web page and the API, on 127.0.0.1. 0 takes 9090, or 19090 and so on where it is taken.
  scrape_interval:
    type: string
    default: 15s
    description: How often jobs are scraped that do not say so themselves. Canonical's charm has 1m, without an option.
  log_level:
    type: string
    default: info
    description: One of debug, info, warn, error, fatal.
  metrics_retention_time:
    type: string
    default: 15d
    description: How long samples are kept. Units are y, w, d, h, m, s.
  maximum_retention_size:
    type: string
    default: "80%"
    description: How much of the disk samples may take, in percent of its size.
  metrics_wal_compression:
    type: boolean
    default: false
    description: Compress the write-ahead log.
  evaluation_interval:
    type: string
    default: 1m
    description: How often rules are evaluated.
  max_global_exemplars_per_user:
    type: int
    default: 0
    description: How many exemplars are kept; 0 keeps none, and less than 100,000 counts as that.
  web_external_url:
    type: string
    default: ""
    description: Accepted and not used, as by Canonical's charm.
  cpu:
    type: string
    description: Accepted; there is no limit here.
  memory:
    type: string
    description: Accepted; there is no limit here.
`;

export const actions = `validate-configuration:
  description: Check the configuration file with promtool and return what it says.
  additionalProperties: false
`;
