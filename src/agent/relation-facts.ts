import type { Relations, VaultRelation } from '../../charm/relations/facts.ts';
import { relationIds } from '../hookcmds/relation.ts';
import type { World } from './world.ts';

export const endpoints = ['temporal-host-info', 'temporal-worker-info', 'vault'] as const;

/** Reads the relations of every endpoint, all at once; those that there are cost further hook commands. */
export async function readRelations(world: World, leader: Promise<boolean>): Promise<Relations> {
  const ids = endpoints.map(async (endpoint) => {
    const found = await relationIds(world.runner, endpoint);
    return found.filter((id) => id !== world.brokenRelation);
  });
  const [hostInfo = [], workerInfo = [], vault = []] = await Promise.all(ids);
  if (hostInfo.length + workerInfo.length + vault.length === 0) return { hostInfo: null, workerInfo: [], vault: null };
  const { readHostInfo, readWorkerInfo, readVaultRelation } = await import('./relation-databags.ts');
  const [host, worker, store] = await Promise.all([
    hostInfo[0] === undefined ? null : readHostInfo(world, hostInfo[0]),
    readWorkerInfo(world, { ids: workerInfo, leader: await leader }),
    vault[0] === undefined ? null : readVaultRelation(world, { id: vault[0], leader: await leader }),
  ]);
  return { hostInfo: host, workerInfo: worker, vault: store satisfies VaultRelation | null };
}
