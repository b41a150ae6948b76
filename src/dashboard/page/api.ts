import { list, record, text } from '../grafana/json.ts';
import type { PrometheusSeries, Range } from '../grafana/series.ts';
import { parseDuration } from '../grafana/time.ts';

export interface Source {
  readonly name: string;
  readonly type: string;
}

/** A question that was not answered. `away`: by nobody, so that it may be another time. */
export class AskError extends Error {
  readonly away: boolean;

  constructor(message: string, away: boolean) {
    super(message);
    this.away = away;
  }
}

export async function readDashboards(): Promise<readonly { readonly uid: string; readonly title: string }[]> {
  return list(await get('/api/search')).map((one) => ({ uid: text(record(one).uid), title: text(record(one).title) }));
}

export async function readDashboardJson(uid: string): Promise<unknown> {
  return record(await get(`/api/dashboards/uid/${encodeURIComponent(uid)}`)).dashboard;
}

export async function readSources(): Promise<readonly Source[]> {
  return list(await get('/api/datasources')).map((one) => ({
    name: text(record(one).name),
    type: text(record(one).type),
  }));
}

export async function readNotes(): Promise<readonly string[]> {
  return list(await get('/api/notes')).map((note) => text(note));
}

/** How often a source scrapes, in ms; undefined where it does not say. */
export async function readScrapeMs(source: string): Promise<number | undefined> {
  return parseDuration(text(record(await get(`${proxy(source)}/interval`)).interval));
}

/** Asks for a series over a range. */
export async function queryRange(source: string, expr: string, range: Range, signal: AbortSignal) {
  const { fromMs, toMs, stepMs } = range;
  const form = { query: expr, start: String(fromMs / 1000), end: String(toMs / 1000), step: String(stepMs / 1000) };
  const data = await ask(`${proxy(source)}/api/v1/query_range`, form, signal);
  return list(data.result) as readonly PrometheusSeries[];
}

/** Asks for the value at one instant; a number alone is a series without labels. */
export async function queryInstant(source: string, expr: string, atMs: number, signal: AbortSignal) {
  const data = await ask(`${proxy(source)}/api/v1/query`, { query: expr, time: String(atMs / 1000) }, signal);
  const sample = data.result as PrometheusSeries['values'][number];
  if (data.resultType === 'scalar' || data.resultType === 'string') return [{ metric: {}, values: [sample] }];
  return list(data.result).map((one): PrometheusSeries => {
    const { metric, value, values } = one as PrometheusSeries & { value?: PrometheusSeries['values'][number] };
    return { metric, values: value ? [value] : values };
  });
}

export async function labelValues(source: string, label: string, match: string, range: Omit<Range, 'stepMs'>) {
  const search = new URLSearchParams({ start: String(range.fromMs / 1000), end: String(range.toMs / 1000) });
  if (match !== '') search.set('match[]', match);
  const answer = await get(`${proxy(source)}/api/v1/label/${encodeURIComponent(label)}/values?${search}`);
  return list(record(answer).data).map((value) => text(value));
}

export async function labelNames(source: string) {
  return list(record(await get(`${proxy(source)}/api/v1/labels`)).data).map((value) => text(value));
}

function proxy(source: string): string {
  return `/api/datasources/proxy/uid/${encodeURIComponent(source)}`;
}

async function ask(path: string, form: Readonly<Record<string, string>>, signal: AbortSignal) {
  return record(record(await get(path, { method: 'POST', body: new URLSearchParams(form), signal })).data);
}

async function get(path: string, init: RequestInit = {}): Promise<unknown> {
  let response: Response;
  try {
    response = await fetch(path, init);
  } catch (error) {
    if (init.signal?.aborted) throw error;
    throw new AskError('the server of this page does not answer', true);
  }
  const body: unknown = await response.json().catch(() => undefined);
  if (response.ok && body !== undefined) return body;
  const message = text(record(body).error) || `HTTP status ${response.status}`;
  throw new AskError(message, response.status >= 502 || response.status === 401);
}
