import { applicationOf } from '../../charm/application.ts';
import type { DashboardRelation, LoggingRelation, ScrapeRelation } from '../../charm/relations/observability.ts';
import { networkGet } from '../hookcmds/network.ts';
import { type Databag, relationGet, relationList } from '../hookcmds/relation.ts';
import type { World } from './world.ts';

interface Of {
  readonly ids: readonly string[];
  readonly leader: boolean;
}

/** The databags of our own that say who is to be scraped, and where. */
export function readScrapeRelations(world: World, { ids, leader }: Of): Promise<readonly ScrapeRelation[]> {
  return Promise.all(
    ids.map(async (id) => {
      const [own, unit] = await Promise.all([
        ownApplication(world, { id, leader }),
        relationGet(world.runner, { relationId: id, entity: world.unit }),
      ]);
      return { id, own, unit };
    }),
  );
}

/** Where the endpoint's other side finds this unit: its loopback address where units share a machine's network. Empty when Juju does not tell. */
export function readScrapeAddress(world: World, endpoint: string): Promise<string> {
  return networkGet(world.runner, { endpoint }).then(
    ({ bindAddresses }) =>
      (bindAddresses.find(({ value }) => value.startsWith('127.')) ?? bindAddresses[0])?.value ?? '',
    () => '',
  );
}

export function readDashboardRelations(world: World, { ids, leader }: Of): Promise<readonly DashboardRelation[]> {
  return Promise.all(ids.map(async (id) => ({ id, own: await ownApplication(world, { id, leader }) })));
}

/** What each unit of the other side told of itself. */
export async function readLogging(
  world: World,
  { id, leader }: { readonly id: string; readonly leader: boolean },
): Promise<LoggingRelation> {
  const [units, own] = await Promise.all([relationList(world.runner, id), ownApplication(world, { id, leader })]);
  const endpoints = await Promise.all(
    units.map(async (unit) => {
      const { endpoint = '' } = await relationGet(world.runner, { relationId: id, entity: unit });
      return [unit, endpoint] as const;
    }),
  );
  return { id, endpoints: Object.fromEntries(endpoints), own };
}

/** Only the leader may read it. */
async function ownApplication(
  world: World,
  { id, leader }: { readonly id: string; readonly leader: boolean },
): Promise<Databag | null> {
  if (!leader) return null;
  return relationGet(world.runner, { relationId: id, entity: applicationOf(world.unit), application: true });
}
