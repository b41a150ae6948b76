/** What a charm of this name would carry. */
export const metadata = `name: grafana-k8s
summary: Data visualization and observability with Grafana
description: |
  Draws the dashboards that related applications send, from the data sources that related applications are: with the
  real Grafana where this machine has one or it can be downloaded, else with a page of charmlet's own. It listens on
  127.0.0.1 only.
assumes: []
containers:
  grafana: {}
provides:
  metrics-endpoint:
    interface: prometheus_scrape
    optional: true
requires:
  grafana-dashboard:
    interface: grafana_dashboard
    optional: true
  grafana-source:
    interface: grafana_datasource
    optional: true
`;

export const config = `options:
  port:
    type: int
    default: 0
    description: |
      Port of the web page, on 127.0.0.1. 0 takes 3000 or, where another process has it, the next free one 10,000
      further on.
  allow_anonymous_access:
    type: boolean
    default: false
    description: Whether dashboards can be seen without a password.
  allow_embedding:
    type: boolean
    default: false
    description: Whether other web pages may show dashboards in a frame.
  log_level:
    type: string
    default: info
    description: What Grafana logs; debug, info, warn, error or critical.
  admin_user:
    type: string
    default: admin
    description: Name of the administrator.
  web_external_url:
    type: string
    default: ""
    description: Deprecated, as in the charm, and without effect.
  enable_auto_assign_org:
    type: boolean
    default: true
    description: Whether new users join the main organization; Grafana only.
  datasource_query_timeout:
    type: int
    default: 300
    description: How long a data source may take for an answer, in seconds.
  cpu:
    type: string
    description: Accepted for the charm's sake, and without effect here.
  memory:
    type: string
    description: Accepted for the charm's sake, and without effect here.
  reporting_enabled:
    type: boolean
    default: true
    description: Whether Grafana sends anonymous usage statistics to its makers and looks for updates, as the charm lets it.
  custom_config:
    type: string
    description: More configuration for Grafana; only a section [smtp], as in the charm.
`;

export const actions = `get-admin-password:
  description: |
    Get the address of the web page, the administrator's password, and which server answers there. If an administrator
    has changed the password, a notice of that is given in its place.
`;
