import type { CompanionUnit } from '../../controller/companion.ts';
import { actionFail, actionSet, type HookCommandRunner } from '../../hookcmds/index.ts';
import { ask } from '../../plain-http/ask.ts';
import { waitUntilServing } from '../server-service.ts';
import { readAdminPassword } from './admin-password.ts';
import { chooseGrafanaPort } from './reconcile.ts';
import { chooseServer } from './server.ts';
import { settingsFrom } from './settings.ts';

/** How long the action waits for a server that is just starting. */
const serverWaitMs = 10_000;

/** `get-admin-password`: the charm's results and words, and one more, `server`: who answers there. */
export async function getAdminPassword(tools: HookCommandRunner, unit: CompanionUnit): Promise<void> {
  const password = await readAdminPassword(unit.dataDir);
  if (!password) return actionFail(tools, 'Still waiting for the leader to generate an admin password...');
  const { settings } = settingsFrom(unit.config);
  const { port } = await chooseGrafanaPort(unit, settings.port);
  const url = `http://127.0.0.1:${port}`;
  const unreachable = 'Grafana is not reachable yet. Please try again in a few minutes';
  if (port === undefined || !(await waitUntilServing(`${url}/api/health`, serverWaitMs))) {
    return actionFail(tools, unreachable);
  }
  try {
    const { title } = await chooseServer(unit, { settings, port, dataSources: '' });
    const changed = await refuses(`${url}/api/user`, settings.adminUser, password);
    const told = changed ? 'Admin password has been changed by an administrator.' : password;
    await actionSet(tools, { url, 'admin-password': told, server: title });
  } catch (error) {
    await actionFail(tools, `${unreachable} (${(error as Error).message})`);
  }
}

/** Does the server know another password than ours? Rejects when it does not say. */
async function refuses(url: string, user: string, password: string): Promise<boolean> {
  const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  const { status } = await ask(url, { headers: { authorization }, timeoutMs: 5000 });
  if (status === 200 || status === 401) return status === 401;
  throw new Error(`HTTP status ${status}`);
}
