import { number, record, text } from '../grafana/json.ts';
import { convertDashboard } from './convert.ts';
import { decodeContent } from './decode-content.ts';

/** A dashboard that an application has sent, ready to be drawn. */
export interface ReceivedDashboard {
  readonly uid: string;
  readonly title: string;
  readonly version: number;
  /** The charm's name as its sender wrote it. */
  readonly charm: string;
  /** `grafana-dashboard:3`. */
  readonly relationId: string;
  /** The JSON, converted for this consumer. */
  readonly json: string;
}

export interface DashboardError {
  /** As the sender called it, `file:worker.json`; empty: the databag as a whole. */
  readonly dashboard_id: string;
  readonly error: string;
}

/** More in one relation is an accident or an attack; Grafana's own limit of a folder view is lower. */
const mostDashboards = 200;
const mostCharacters = 8 << 20;

/**
 * Reads the value of `dashboards` in the databag of a related application. Whatever is in there, it never rejects: what
 * cannot be used is an error, and the rest is received. An empty value is a sender that has not written yet.
 */
export async function receiveDashboards(
  value: string,
  relationId: string,
): Promise<{ readonly dashboards: readonly ReceivedDashboard[]; readonly errors: readonly DashboardError[] }> {
  if (value.trim() === '') return { dashboards: [], errors: [] };
  const { templates, problem } = readTemplates(value);
  if (problem) return { dashboards: [], errors: [{ dashboard_id: '', error: problem }] };
  const received = await Promise.all(
    Object.entries(templates).map(async ([id, template]) => {
      try {
        return { dashboard: await receive(id, template, relationId) };
      } catch (error) {
        return { error: { dashboard_id: id, error: (error as Error).message } };
      }
    }),
  );
  return {
    dashboards: received.flatMap(({ dashboard }) => dashboard ?? []),
    errors: received.flatMap(({ error }) => error ?? []),
  };
}

function readTemplates(value: string): { templates: Readonly<Record<string, unknown>>; problem?: string } {
  const none = (problem: string) => ({ templates: {}, problem });
  if (value.length > mostCharacters) return none(`"dashboards" is larger than ${mostCharacters >> 20} MiB`);
  let json: unknown;
  try {
    json = JSON.parse(value);
  } catch {
    return none('"dashboards" is not JSON');
  }
  const { templates } = record(json);
  if (typeof templates !== 'object' || templates === null || Array.isArray(templates)) {
    return none('"dashboards" has no object "templates"');
  }
  const count = Object.keys(templates).length;
  if (count > mostDashboards) return none(`"dashboards" has ${count} dashboards (at most ${mostDashboards})`);
  return { templates: record(templates) };
}

async function receive(id: string, template: unknown, relationId: string): Promise<ReceivedDashboard> {
  const { content, inject_dropdowns: dropdowns, juju_topology: topology, charm, ...rest } = record(template);
  if (typeof content !== 'string' || content === '') throw new Error('it has no "content"');
  const decoded = await decodeContent(content);
  let parsed: unknown;
  try {
    parsed = JSON.parse(decoded);
  } catch {
    throw new Error('its content is not JSON');
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw new Error('its content is not a JSON object');
  }
  const uid = text(record(parsed).uid) || text(rest.dashboard_alt_uid) || fallbackUid(relationId, id);
  const converted = convertDashboard({ ...parsed, uid }, { dropdowns: dropdowns !== false });
  const { injectLabels } = await import('./label-matchers.ts');
  const json = injectLabels(converted, Object.keys(record(topology)));
  return {
    uid,
    title: text(json.title, id),
    version: Math.trunc(number(json.version) ?? 0),
    charm: text(charm),
    relationId,
    json: JSON.stringify(json),
  };
}

/** Grafana takes letters, digits, `-` and `_`, at most 40 of them. */
function fallbackUid(relationId: string, id: string): string {
  return `${relationId}-${id}`.replaceAll(/[^\w-]+/g, '-').slice(-40);
}

/** Of several dashboards with one uid, the one with the highest version, then of the newest relation; sorted by title. */
export function withoutDoubles(dashboards: readonly ReceivedDashboard[]): readonly ReceivedDashboard[] {
  const idOf = ({ relationId }: ReceivedDashboard) => Number(relationId.split(':')[1]);
  const best = new Map<string, ReceivedDashboard>();
  for (const one of dashboards) {
    const other = best.get(one.uid);
    const order = !other
      ? 1
      : one.version - other.version || idOf(one) - idOf(other) || (one.json > other.json ? 1 : -1);
    if (order > 0) best.set(one.uid, one);
  }
  return [...best.values()].sort((a, b) => a.title.localeCompare(b.title, 'en') || (a.uid < b.uid ? -1 : 1));
}
