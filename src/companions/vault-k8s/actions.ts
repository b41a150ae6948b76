import type { CompanionUnit } from '../../controller/companion.ts';
import type { HookEvent } from '../../controller/hook/event.ts';
import {
  actionFail,
  actionGet,
  actionSet,
  HookCommandError,
  type HookCommandRunner,
  isLeader,
  secretGet,
} from '../../hookcmds/index.ts';
import { authorise } from './charm-role.ts';
import { reconcile } from './reconcile.ts';
import { settingsFrom } from './settings.ts';
import { ask, VaultRefusal, type VaultServer } from './vault-api.ts';

/** Runs one of the companion's actions; what goes wrong fails the action with one line. The texts are the charm's. */
export async function runAction(
  _action: NonNullable<HookEvent['action']>,
  tools: HookCommandRunner,
  unit: CompanionUnit,
): Promise<void> {
  try {
    const params = await actionGet(tools);
    if (!(await isLeader(tools))) throw new Error('This action must be run on the leader unit.');
    const token = await tokenIn(tools, String(params['secret-id'] ?? ''));
    const server = { port: settingsFrom(unit.config).settings.port, dataDir: unit.dataDir };
    await check(server, token);
    await authorise(server, token).catch((error) => {
      throw new Error(`Vault returned an error while authorizing the charm: ${(error as Error).message}`);
    });
    await reconcile(tools, unit);
    await actionSet(tools, { result: 'Charm authorized successfully. You may now remove the secret.' });
  } catch (error) {
    await actionFail(tools, error instanceof Error ? error.message : String(error));
  }
}

async function tokenIn(tools: HookCommandRunner, id: string): Promise<string> {
  try {
    const { token = '' } = await secretGet(tools, { id, revision: 'refresh' });
    if (token.trim() !== '') return token.trim();
  } catch (error) {
    if (!(error instanceof HookCommandError)) throw error;
    throw new Error(
      'The secret id provided could not be found by the charm. Please grant the token secret to the charm.',
    );
  }
  throw new Error('Token not found in the secret. Please provide a valid token secret.');
}

/** Is this a token that Vault knows? A Vault that is sealed or away says so itself. */
async function check(server: VaultServer, token: string): Promise<void> {
  try {
    await ask(server, { method: 'GET', path: 'auth/token/lookup-self', token });
  } catch (error) {
    const { status, message } = error as VaultRefusal;
    if (!(error instanceof VaultRefusal)) throw error;
    if (status === 0 || status >= 500)
      throw new Error(`Vault returned an error while authorizing the charm: ${message}`);
    const wrong = 'The token provided is not valid. Please use a Vault token with the appropriate permissions.';
    throw new Error(wrong);
  }
}
