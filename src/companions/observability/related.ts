import {
  type Databag,
  type HookCommandRunner,
  relationGet,
  relationIds,
  relationList,
  relationRemoteApp,
  relationSet,
} from '../../hookcmds/index.ts';

/** One relation of an endpoint, with what the other side says in it. */
export interface Related {
  /** `metrics-endpoint:3`. */
  readonly id: string;
  readonly application: string;
  readonly bag: Databag;
  readonly units: readonly { readonly name: string; readonly bag: Databag }[];
}

/**
 * The endpoint's living relations, in the order of their ids; `broken` is the one that this event says is over. Units
 * are sorted, because Juju reports them in no fixed order.
 */
export async function readRelated(
  tools: HookCommandRunner,
  endpoint: string,
  broken: string | undefined,
): Promise<readonly Related[]> {
  const ids = (await relationIds(tools, endpoint)).filter((id) => id !== broken).sort(byNumber);
  const related: Related[] = [];
  for (const relationId of ids) {
    const application = await relationRemoteApp(tools, relationId);
    if (application === null) continue;
    const bag = await relationGet(tools, { relationId, entity: application, application: true });
    const names = [...(await relationList(tools, relationId))].sort(byNumber);
    const units = [];
    for (const name of names) units.push({ name, bag: await relationGet(tools, { relationId, entity: name }) });
    related.push({ id: relationId, application, bag, units });
  }
  return related;
}

/** Writes what differs into our own databag of a relation; an empty value takes the key away. */
export async function keepDatabag(
  tools: HookCommandRunner,
  to: { readonly relationId: string; readonly entity: string; readonly application?: boolean },
  wanted: Databag,
): Promise<void> {
  const now = await relationGet(tools, to);
  const changes = Object.entries(wanted).filter(([key, value]) => (now[key] ?? '') !== value);
  if (changes.length === 0) return;
  const scope = to.application ? { application: true } : {};
  await relationSet(tools, { relationId: to.relationId, ...scope, data: Object.fromEntries(changes) });
}

/** `worker/10` after `worker/9`. */
function byNumber(a: string, b: string): number {
  const number = (name: string) => Number(/\d+$/.exec(name)?.[0] ?? 0);
  return number(a) - number(b) || (a < b ? -1 : a > b ? 1 : 0);
}
