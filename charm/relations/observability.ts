/** Keys and values of a databag. */
type Databag = Readonly<Record<string, string>>;

/** What Juju tells of the relations to Prometheus, Loki and Grafana. */
export interface ObservabilityRelations {
  readonly metrics: readonly ScrapeRelation[];
  readonly workloadMetrics: readonly ScrapeRelation[];
  /** Where this unit is to be scraped; empty while Juju does not tell, or nobody wants to know. */
  readonly scrapeAddress: string;
  readonly dashboards: readonly DashboardRelation[];
  readonly logging: LoggingRelation | null;
}

export interface ScrapeRelation {
  readonly id: string;
  /** Our own application's databag; null on a unit that does not lead. */
  readonly own: Databag | null;
  /** Our own unit's databag. */
  readonly unit: Databag;
}

export interface DashboardRelation {
  readonly id: string;
  readonly own: Databag | null;
}

export interface LoggingRelation {
  readonly id: string;
  /** By each unit of Loki its databag's `endpoint`; empty: it has told none yet. */
  readonly endpoints: Databag;
  readonly own: Databag | null;
}

export const noObservability: ObservabilityRelations = {
  metrics: [],
  workloadMetrics: [],
  scrapeAddress: '',
  dashboards: [],
  logging: null,
};
