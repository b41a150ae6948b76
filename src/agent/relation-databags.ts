import { applicationOf } from '../../charm/application.ts';
import type { DatabaseRelation, Relations, VaultRelation } from '../../charm/relations/facts.ts';
import { credentialsOf } from '../../charm/relations/vault.ts';
import { HookCommandError } from '../hookcmds/hook-command-error.ts';
import { networkGet } from '../hookcmds/network.ts';
import { type Databag, relationGet, relationRemoteApp } from '../hookcmds/relation.ts';
import { secretGet } from '../hookcmds/secret.ts';
import { readSecret } from './user-secrets.ts';
import type { World } from './world.ts';

/** The label under which this unit keeps its nonce for Vault, as charm 1.0 did. */
export const nonceLabel = 'nonce';

interface Of {
  readonly id: string;
  readonly leader: boolean;
}

/** Null when the other side is already gone. */
export async function readHostInfo(world: World, id: string): Promise<Relations['hostInfo']> {
  const application = await relationRemoteApp(world.runner, id);
  return application === null ? null : { application, data: await remote(world, { id, application }) };
}

export function readWorkerInfo(
  world: World,
  { ids, leader }: { readonly ids: readonly string[]; readonly leader: boolean },
): Promise<Relations['workerInfo']> {
  return Promise.all(ids.map(async (id) => ({ id, written: leader ? await own(world, id) : null })));
}

/** Null when the other side is already gone. */
export async function readVaultRelation(world: World, { id, leader }: Of): Promise<VaultRelation | null> {
  const application = await relationRemoteApp(world.runner, id);
  if (application === null) return null;
  const [data, ofApplication, ofUnit, nonce, egressSubnet] = await Promise.all([
    remote(world, { id, application }),
    leader ? own(world, id) : null,
    relationGet(world.runner, { relationId: id, entity: world.unit }),
    readNonce(world),
    readEgressSubnet(world),
  ]);
  const secretId = nonce === null ? undefined : credentialsOf(data)?.[nonce];
  const credentials =
    secretId === undefined
      ? null
      : await readSecret(world.runner, { id: secretId, fingerprints: await world.fingerprints.needed() });
  return { id, application, data, own: ofApplication, unit: ofUnit, nonce, egressSubnet, credentials };
}

/** Fields of a databag that nobody should see, where a server writes them in clear. */
const secretFields = ['username', 'password', 'tls', 'tls-ca', 'uris'];

/** Null when the other side is already gone. */
export async function readDatabaseRelation(world: World, { id, leader }: Of): Promise<DatabaseRelation | null> {
  const application = await relationRemoteApp(world.runner, id);
  if (application === null) return null;
  const [all, ofApplication, fingerprints] = await Promise.all([
    remote(world, { id, application }),
    leader ? own(world, id) : null,
    world.fingerprints.needed(),
  ]);
  const fields = Object.entries(all);
  const secret = (secretId: string | undefined) =>
    secretId === undefined || secretId === '' ? null : readSecret(world.runner, { id: secretId, fingerprints });
  const [user, tls] = await Promise.all([secret(all['secret-user']), secret(all['secret-tls'])]);
  return {
    id,
    application,
    // `data` is the server's own copy of what was asked for.
    data: Object.fromEntries(fields.filter(([key]) => key !== 'data' && !secretFields.includes(key))),
    plain: Object.fromEntries(
      fields.flatMap(([key, text]) => (secretFields.includes(key) ? [[key, fingerprints.secret(text)]] : [])),
    ),
    own: ofApplication,
    user,
    tls,
  };
}

function remote(world: World, of: { readonly id: string; readonly application: string }): Promise<Databag> {
  return relationGet(world.runner, { relationId: of.id, entity: of.application, application: true });
}

function own(world: World, id: string): Promise<Databag> {
  return relationGet(world.runner, { relationId: id, entity: applicationOf(world.unit), application: true });
}

async function readNonce(world: World): Promise<string | null> {
  try {
    return (await secretGet(world.runner, { label: nonceLabel, revision: 'refresh' })).nonce ?? null;
  } catch (error) {
    if (error instanceof HookCommandError && /not found/.test(error.stderr)) return null;
    throw error;
  }
}

/** The first address's range; on Kubernetes Juju tells none, and the unit calls from that one address. */
async function readEgressSubnet(world: World): Promise<string> {
  const { bindAddresses } = await networkGet(world.runner, { endpoint: 'vault' });
  const { value = '', cidr = '' } = bindAddresses[0] ?? {};
  if (cidr !== '' || value === '') return cidr;
  return `${value}/${value.includes(':') ? 128 : 32}`;
}
