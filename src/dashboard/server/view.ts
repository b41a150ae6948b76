/** What there is to be drawn, as a server is told it. */
export interface View {
  readonly dashboards: readonly ShownDashboard[];
  readonly sources: readonly ShownSource[];
  /** What is amiss, for people: shown above the panels. */
  readonly notes: readonly string[];
}

export interface ShownDashboard {
  readonly uid: string;
  readonly title: string;
  /** Grafana's JSON. */
  readonly json: string;
}

export interface ShownSource {
  /** Its name, which is its uid also. */
  readonly name: string;
  /** Only `prometheus` is asked; others are named where a panel wants one. */
  readonly type: string;
  readonly url: string;
  /** How often it scrapes, `15s`, where its owner says so. */
  readonly interval?: string;
}
