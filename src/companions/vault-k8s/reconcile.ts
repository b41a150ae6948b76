import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import type { CompanionUnit } from '../../controller/companion.ts';
import { type HookCommandRunner, isLeader } from '../../hookcmds/index.ts';
import { PebbleClient } from '../../pebble/client.ts';
import { publishSecret } from '../owned-secret.ts';
import { foreignHolder, portTaken } from '../port-holder.ts';
import { ensureRunning, layer, notServing } from '../server-service.ts';
import { showStatus, tellPorts, type UnitStatus } from '../unit-status.ts';
import { usableBinary } from '../usable-binary.ts';
import { authorise, charmToken } from './charm-role.ts';
import { lostItsKey, openVault } from './open-vault.ts';
import { readPrivate } from './private-files.ts';
import { serveRelations } from './relations.ts';
import { forgetStorage } from './server-files.ts';
import { settingsFrom, type VaultSettings } from './settings.ts';
import { authorityFile, VaultRefusal, type VaultServer, type VaultState, waitForVault } from './vault-api.ts';
import { vaultBinary } from './vault-binary.ts';
import { checkCommand, type ServerFacts, service, stateCheck, vaultService } from './vault-service.ts';

/** How long one event waits for the server. A slower one is noticed by its check, which is an event. */
const startWaitMs = 15_000;
/** The label that the charm gives to the certificate of its own authority. */
const authorityLabel = 'self-signed-vault-ca-certificate';

/** The charm's own texts. */
const waitingForUser: Readonly<Record<Exclude<VaultState, 'unsealed' | 'down'>, UnitStatus>> = {
  uninitialised: {
    name: 'blocked',
    message: 'Please initialize Vault or integrate with an auto-unseal provider',
  },
  sealed: { name: 'blocked', message: 'Please unseal Vault' },
};
const unauthorised: UnitStatus = { name: 'blocked', message: 'Please authorize charm (see `authorize-charm` action)' };

/**
 * Brings the server to what the options say, serves its relations (but for the one that is broken by this event) and
 * tells how it is. On unchanged facts it writes nothing.
 */
export async function reconcile(tools: HookCommandRunner, unit: CompanionUnit, broken?: string): Promise<void> {
  await showStatus(tools, await serve(tools, unit, broken));
}

async function serve(tools: HookCommandRunner, unit: CompanionUnit, broken: string | undefined): Promise<UnitStatus> {
  const { settings, problems } = settingsFrom(unit.config);
  if (problems.length > 0) return { name: 'blocked', message: problems.join('; ') };
  const pebble = new PebbleClient({ socket: unit.pebbleSockets.vault ?? '' });
  if (!(await pebble.reachable())) return { name: 'waiting', message: 'waiting for pebble api' };
  const binary = await usableBinary(unit, vaultBinary);
  if ('name' in binary) return binary;
  const server: VaultServer = { port: settings.port, dataDir: unit.dataDir };
  const application = unit.name.split('/')[0]!;
  const holder = await foreignHolder(server.port, server.dataDir);
  if (holder) return { name: 'blocked', message: portTaken(server.port, holder, application) };

  const facts: ServerFacts = { binary, server };
  const { problem } = await ensureRunning(tools, pebble, vaultService(facts, 'down'));
  if (problem) return { name: 'blocked', message: problem };
  const reached = await reachState(pebble, facts, settings);
  await watch(pebble, facts, reached.state);
  if (reached.state === 'down') return notServing(pebble, service);
  await tellPorts(tools, [settings.port]);
  if (await isLeader(tools)) await publishAuthority(tools, server);
  if (reached.problem) return { name: 'blocked', message: reached.problem };
  if (reached.state !== 'unsealed') return waitingForUser[reached.state];
  try {
    const token = await ownToken(server, settings);
    if (token === undefined) return unauthorised;
    const undone = await serveRelations(tools, { application, vault: { server, token }, broken });
    return undone.length > 0 ? { name: 'blocked', message: undone.join('; ') } : { name: 'active', message: '' };
  } catch (error) {
    return { name: 'blocked', message: refusal(error) };
  }
}

/**
 * From now on any other state than this one is an event: of a check that fails already, another failure would be none, so
 * it is made to look at once.
 */
async function watch(pebble: PebbleClient, facts: ServerFacts, state: VaultState): Promise<void> {
  const { checks } = (parse(await pebble.plan()) ?? {}) as { checks?: Record<string, { exec?: { command?: string } }> };
  if (checks?.[stateCheck]?.exec?.command !== checkCommand(facts.server, state)) {
    await pebble.addLayer(service, layer(vaultService(facts, state)), { combine: true });
    await pebble.waitChange(await pebble.replan(), { timeoutMs: 20_000 });
  }
  const [check] = await pebble.checks({ names: [stateCheck] });
  if (check?.status === 'down') await pebble.refreshCheck(stateCheck);
}

async function reachState(
  pebble: PebbleClient,
  { server }: ServerFacts,
  settings: VaultSettings,
): Promise<{ readonly state: VaultState; readonly problem?: string }> {
  let state = await waitForVault(server, startWaitMs);
  if (state === 'down' || !settings.autoUnseal) return { state };
  try {
    if (await lostItsKey(server, state)) {
      await pebble.waitChange(await pebble.stop([service]), { timeoutMs: 20_000 });
      await forgetStorage(server.dataDir);
      await pebble.waitChange(await pebble.start([service]), { timeoutMs: 20_000 });
      state = await waitForVault(server, startWaitMs);
    }
    return { state: await openVault(server, state) };
  } catch (error) {
    return { state: await waitForVault(server, 0), problem: refusal(error) };
  }
}

/** A token of our own role. Where the user leaves the work to us, a role that has been lost is made again. */
async function ownToken(server: VaultServer, { autoUnseal }: VaultSettings): Promise<string | undefined> {
  const token = await charmToken(server);
  const root = autoUnseal ? await readPrivate(server.dataDir, 'root-token') : undefined;
  if (token !== undefined || root === undefined) return token;
  await authorise(server, root);
  return charmToken(server);
}

function refusal(error: unknown): string {
  if (error instanceof VaultRefusal) return `Vault refuses its own charm: ${error.message}`;
  throw error;
}

/** As the charm does, so that its users find the certificate where they look for it. */
async function publishAuthority(tools: HookCommandRunner, { dataDir }: VaultServer): Promise<void> {
  const content = { certificate: await readFile(authorityFile(dataDir), 'utf8') };
  await publishSecret(tools, { label: authorityLabel, content, scratchDir: dataDir });
}
