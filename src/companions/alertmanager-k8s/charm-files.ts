/** What a charm of this name would carry: the endpoints, options and actions of Canonical's charm that mean something here. */
export const metadata = `name: alertmanager-k8s
summary: Alertmanager
description: |
  A real Alertmanager for one machine, whose silences survive restarts. It listens on 127.0.0.1 only. Units form no
  cluster.
assumes: []
containers:
  alertmanager: {}
provides:
  alerting:
    interface: alertmanager_dispatch
    optional: true
  self-metrics-endpoint:
    interface: prometheus_scrape
    optional: true
  grafana-source:
    interface: grafana_datasource
    optional: true
`;

export const config = `options:
  port:
    type: int
    default: 0
    description: Port of the web page and the API, on 127.0.0.1. 0 takes 9093, or 19093 and so on where it is taken.
  config_file:
    type: string
    default: ""
    description: Alertmanager's configuration (YAML) without its templates section; config_file=@alertmanager.yaml.
  templates_file:
    type: string
    default: ""
    description: Definitions of notification templates, all in one; used with config_file only.
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

export const actions = `show-config:
  description: Show alertmanager config file.
  additionalProperties: false
check-config:
  description: Check the configuration file with amtool and return what it says.
  additionalProperties: false
`;
