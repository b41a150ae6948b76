import { noRelations, type Relations } from '../../charm/relations/facts.ts';
import { relationIds } from '../hookcmds/relation.ts';
import type { World } from './world.ts';

export const endpoints = ['temporal-host-info', 'temporal-worker-info', 'vault', 'database'] as const;

/** Reads the relations of every endpoint, all at once; those that there are cost further hook commands. */
export async function readRelations(world: World, leader: Promise<boolean>): Promise<Relations> {
  const ids = endpoints.map(async (endpoint) => {
    const found = await relationIds(world.runner, endpoint);
    return found.filter((id) => id !== world.brokenRelation);
  });
  const [hostInfo = [], workerInfo = [], vault = [], database = []] = await Promise.all(ids);
  if (hostInfo.length + workerInfo.length + vault.length + database.length === 0) return noRelations;
  const { readDatabaseRelation, readHostInfo, readWorkerInfo, readVaultRelation } = await import(
    './relation-databags.ts'
  );
  const [host, worker, store, data] = await Promise.all([
    hostInfo[0] === undefined ? null : readHostInfo(world, hostInfo[0]),
    readWorkerInfo(world, { ids: workerInfo, leader: await leader }),
    vault[0] === undefined ? null : readVaultRelation(world, { id: vault[0], leader: await leader }),
    database[0] === undefined ? null : readDatabaseRelation(world, { id: database[0], leader: await leader }),
  ]);
  return { hostInfo: host, workerInfo: worker, vault: store, database: data };
}
