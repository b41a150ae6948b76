import {
  type Databag,
  type HookCommandRunner,
  isLeader,
  relationGet,
  relationIds,
  relationRemoteApp,
  relationSet,
} from '../../hookcmds/index.ts';
import { type Cli, createNamespace } from './create-namespace.ts';
import type { TemporalSettings } from './settings.ts';

/** Where the server is, in the application's databag: `host`, `port` and `tls` (`true` or `false`). */
export const hostInfo = 'temporal-host-info';
/** What a worker uses, in its application's databag: `namespace` and `queue`. */
export const workerInfo = 'temporal-worker-info';

export interface ServingFacts {
  /** `temporal-k8s`. */
  readonly application: string;
  readonly settings: TemporalSettings;
  readonly cli: Cli;
  /** `temporal-host-info:3`: the relation that this event says is broken; nothing is written there any more. */
  readonly broken: string | undefined;
}

/**
 * Tells related applications where the server is, and makes the namespaces that related workers name. Only the leader
 * does. Answers what could not be done; on unchanged facts nothing is written.
 */
export async function serveRelations(tools: HookCommandRunner, facts: ServingFacts): Promise<readonly string[]> {
  const [hosts, workers] = await Promise.all([hostInfo, workerInfo].map((endpoint) => relationIds(tools, endpoint)));
  const living = (ids: readonly string[] = []) => ids.filter((id) => id !== facts.broken);
  if (living(hosts).length + living(workers).length === 0 || !(await isLeader(tools))) return [];
  for (const relationId of living(hosts)) await tellHost(tools, relationId, facts);
  const bags = await Promise.all(living(workers).map((relationId) => remoteBag(tools, relationId)));
  const names = [...new Set(bags.map((bag) => bag.namespace?.trim() ?? ''))].filter((name) => name !== '').sort();
  const made = await Promise.allSettled(names.map((name) => createNamespace(facts.cli, { name })));
  return made.flatMap((one) => (one.status === 'rejected' ? [(one.reason as Error).message] : []));
}

async function tellHost(tools: HookCommandRunner, relationId: string, facts: ServingFacts): Promise<void> {
  const wanted: Databag = { host: '127.0.0.1', port: String(facts.settings.port), tls: 'false' };
  const now = await relationGet(tools, { relationId, entity: facts.application, application: true });
  if (Object.entries(wanted).every(([key, value]) => now[key] === value)) return;
  await relationSet(tools, { relationId, application: true, data: wanted });
}

async function remoteBag(tools: HookCommandRunner, relationId: string): Promise<Databag> {
  const entity = await relationRemoteApp(tools, relationId);
  return entity === null ? {} : await relationGet(tools, { relationId, entity, application: true });
}
