/** What the page's address says, in Grafana's own words: `/d/<uid>?from=now-1h&to=now&refresh=10s&var-queue=a`. */
export interface Address {
  readonly uid: string;
  readonly from: string;
  readonly to: string;
  readonly refresh: string | undefined;
  readonly variables: Readonly<Record<string, readonly string[]>>;
}

export function readAddress(): Address {
  const { pathname, search } = location;
  const query = new URLSearchParams(search);
  const names = [...new Set(query.keys())].filter((name) => name.startsWith('var-'));
  return {
    uid: decodeURIComponent(/^\/d\/([^/]+)/.exec(pathname)?.[1] ?? ''),
    from: query.get('from') ?? '',
    to: query.get('to') ?? '',
    refresh: query.get('refresh') ?? undefined,
    variables: Object.fromEntries(names.map((name) => [name.slice(4), query.getAll(name)])),
  };
}

/** Writes it back, so that the address can be kept or sent. `step`: the back button returns to what was before. */
export function writeAddress(address: Address, step = false): void {
  const query = new URLSearchParams();
  query.set('from', address.from);
  query.set('to', address.to);
  if (address.refresh !== undefined) query.set('refresh', address.refresh);
  for (const [name, values] of Object.entries(address.variables)) {
    for (const value of values) query.append(`var-${name}`, value);
  }
  const url = `/d/${encodeURIComponent(address.uid)}?${query}`;
  if (step) history.pushState(null, '', url);
  else history.replaceState(null, '', url);
}
