import { type ReceivedDashboard, receiveDashboards, withoutDoubles } from '../../dashboard/databag/received.ts';
import { type DataSource, readSources } from '../../dashboard/databag/source.ts';
import { type HookCommandRunner, isLeader, jujuLog, relationGet } from '../../hookcmds/index.ts';
import { keepDatabag, type Related, readRelated } from '../observability/related.ts';

export const dashboardEndpoint = 'grafana-dashboard';
export const sourceEndpoint = 'grafana-source';

/** What related applications have sent. */
export interface Received {
  readonly dashboards: readonly ReceivedDashboard[];
  readonly sources: readonly DataSource[];
  /** What could not be used, for the status. */
  readonly problems: readonly string[];
}

/** The relation of an endpoint with what was read of it; `errors` are for the sender. */
interface Read {
  readonly related: Related;
  readonly dashboards: readonly ReceivedDashboard[];
  readonly errors: readonly { readonly dashboard_id: string; readonly error: string }[];
}

/**
 * Reads the dashboards and data sources of all living relations, and tells each sender by the key `event` of our databag
 * what of its dashboards cannot be used, as the library does; `broken` is the relation that is over.
 */
export async function receive(
  tools: HookCommandRunner,
  application: string,
  broken: string | undefined,
): Promise<Received> {
  const senders = await readRelated(tools, dashboardEndpoint, broken);
  const read = await Promise.all(
    senders.map(async (related): Promise<Read> => {
      return { related, ...(await receiveDashboards(related.bag.dashboards ?? '', related.id)) };
    }),
  );
  await tellErrors(tools, application, read);
  const providers = (await readRelated(tools, sourceEndpoint, broken)).map((related) => {
    const units = Object.fromEntries(related.units.map(({ name, bag }) => [name, bag]));
    return { related, ...readSources(related.bag, units) };
  });
  return {
    dashboards: withoutDoubles(read.flatMap(({ dashboards }) => dashboards)),
    sources: providers.flatMap(({ sources }) => sources),
    problems: [
      ...read.flatMap(({ related, errors }) => errors.map((one) => wordsFor(related.application, one))),
      ...providers.flatMap(({ related, problem }) =>
        problem ? [`cannot use data source ${related.application}: ${problem}`] : [],
      ),
    ],
  };
}

/** Tells each provider of data sources which name each of its units has here, and where this Grafana is. */
export async function tellSources(
  tools: HookCommandRunner,
  facts: {
    readonly application: string;
    readonly uid: string;
    readonly url: string;
    readonly broken: string | undefined;
  },
): Promise<void> {
  if (!(await isLeader(tools))) return;
  for (const { id, bag, units } of await readRelated(tools, sourceEndpoint, facts.broken)) {
    const { sources } = readSources(bag, Object.fromEntries(units.map(({ name, bag: own }) => [name, own])));
    const names = Object.fromEntries(sources.map(({ unit, name }) => [unit, name]));
    await keepDatabag(
      tools,
      { relationId: id, entity: facts.application, application: true },
      { grafana_uid: facts.uid, datasource_uids: JSON.stringify(names), grafana_base_url: facts.url },
    );
  }
}

function wordsFor(application: string, { dashboard_id: id, error }: Read['errors'][number]): string {
  return `cannot use dashboard${id === '' ? 's' : ` "${id.slice(0, 80)}"`} of ${application}: ${error}`;
}

async function tellErrors(tools: HookCommandRunner, own: string, read: readonly Read[]): Promise<void> {
  if (read.length === 0 || !(await isLeader(tools))) return;
  for (const { related, errors } of read) {
    const to = { relationId: related.id, entity: own, application: true };
    const { event: before } = await relationGet(tools, to);
    // Who never heard of an error need not be told that there is none.
    if (errors.length === 0 && before === undefined) continue;
    const event = JSON.stringify({ valid: errors.length === 0, errors });
    if (event === before) continue;
    await keepDatabag(tools, to, { event });
    for (const one of errors) await jujuLog(tools, 'WARNING', wordsFor(related.application, one));
  }
}
