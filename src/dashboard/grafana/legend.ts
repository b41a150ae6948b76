/**
 * The name of a series: by the target's format, `{{label}}`, or without one by its labels, as Prometheus writes them.
 * `shared` are the labels that all series of the answer have in common, which tell nothing apart.
 */
export function seriesName(
  metric: Readonly<Record<string, string>>,
  target: { readonly legendFormat: string; readonly expr: string },
  shared: ReadonlySet<string> = new Set(),
): string {
  const { legendFormat, expr } = target;
  if (legendFormat !== '' && legendFormat !== '__auto') {
    return (
      legendFormat.replace(/\{\{\s*([^{}]+?)\s*\}\}/g, (_, label: string) => metric[label] ?? '').trim() || 'Value'
    );
  }
  const { __name__: name = '', ...labels } = metric;
  const telling = Object.entries(labels).filter(([label]) => legendFormat !== '__auto' || !shared.has(label));
  if (legendFormat === '__auto' && telling.length === 1) return telling[0]![1];
  const written = telling.map(([label, value]) => `${label}=${JSON.stringify(value)}`).join(', ');
  return written === '' ? name || expr : `${name}{${written}}`;
}

/** The labels that have the same value in every series; empty where there is only one series. */
export function sharedLabels(metrics: readonly Readonly<Record<string, string>>[]): ReadonlySet<string> {
  const [first = {}, ...rest] = metrics;
  if (rest.length === 0) return new Set();
  return new Set(Object.keys(first).filter((label) => rest.every((metric) => metric[label] === first[label])));
}
