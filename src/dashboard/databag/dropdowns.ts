/**
 * The variables that a consumer adds to each dashboard, and that the libraries on both sides count on: Juju's topology,
 * each narrowed by those before it, and the data sources. In the order in which they are shown.
 */
const topologyLabels = [
  { name: 'juju_model', label: 'Juju model' },
  { name: 'juju_model_uuid', label: 'Juju model uuid' },
  { name: 'juju_application', label: 'Juju application' },
  { name: 'juju_unit', label: 'Juju unit' },
] as const;

export const topologyDropdowns = topologyLabels.map(({ name, label }, at) => {
  const before = topologyLabels.slice(0, at).map((earlier) => `${earlier.name}=~"$${earlier.name}"`);
  const query = `label_values(up${before.length > 0 ? `{${before.join(',')}}` : ''},${name})`;
  return {
    allValue: '.*',
    datasource: prometheusVariable(),
    definition: query,
    description: null,
    error: null,
    hide: 0,
    includeAll: true,
    label,
    multi: true,
    name,
    query: { query, refId: 'StandardVariableQuery' },
    refresh: 1,
    regex: '',
    skipUrlSync: false,
    sort: 0,
    tagValuesQuery: '',
    tags: [],
    tagsQuery: '',
    type: 'query',
    useTags: false,
  };
});

export const dataSourceDropdowns = [
  { name: 'prometheusds', label: 'Prometheus datasource', query: 'prometheus' },
  { name: 'lokids', label: 'Loki datasource', query: 'loki' },
].map(({ name, label, query }) => ({
  description: null,
  error: null,
  hide: 0,
  includeAll: true,
  label,
  multi: true,
  name,
  options: [],
  query,
  refresh: 1,
  regex: '',
  skipUrlSync: false,
  type: 'datasource',
}));

/** Type of a data source -> the variable that stands for it. */
export const dataSourceVariables: Readonly<Record<string, string>> = {
  loki: `\${${'lokids'}}`,
  prometheus: prometheusVariable(),
};

function prometheusVariable(): string {
  return `\${${'prometheusds'}}`;
}
