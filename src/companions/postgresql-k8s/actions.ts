import type { CompanionUnit } from '../../controller/companion.ts';
import type { HookEvent } from '../../controller/hook/event.ts';
import { actionFail, actionGet, actionSet, type HookCommandRunner, isLeader, statusGet } from '../../hookcmds/index.ts';
import { newPassword } from '../new-password.ts';
import { administrator } from './cluster.ts';
import { nextAdministrator, readPasswords, writePasswords } from './passwords.ts';
import { reconcile } from './reconcile.ts';
import { settingsFrom } from './settings.ts';
import { waitForServer } from './sql.ts';
import { setPassword } from './users.ts';

/** How long an action waits for a server that is just starting. */
const serverWaitMs = 20_000;

type Params = Readonly<Record<string, unknown>>;

/** Runs one of the companion's actions; what goes wrong fails the action with one line. */
export async function runAction(
  action: NonNullable<HookEvent['action']>,
  tools: HookCommandRunner,
  unit: CompanionUnit,
): Promise<void> {
  try {
    const params = await actionGet(tools);
    const run = action.name === 'set-password' ? changePassword : showPassword;
    await actionSet(tools, { password: await run(params, tools, unit) });
  } catch (error) {
    await actionFail(tools, error instanceof Error ? error.message : String(error));
  }
}

/** As in the charm, and only there, the administrator's password is an action's result. */
async function showPassword(params: Params, _tools: HookCommandRunner, unit: CompanionUnit): Promise<string> {
  const username = String(params.username ?? administrator);
  if (username !== administrator) throw new Error(notOurs([administrator], username));
  const password = (await readPasswords(unit.dataDir))[administrator];
  if (!password) throw new Error('cannot tell the password: the server has not been started yet');
  return password;
}

async function changePassword(params: Params, tools: HookCommandRunner, unit: CompanionUnit): Promise<string> {
  if (!(await isLeader(tools))) throw new Error('The action can be run only on leader unit');
  const username = String(params.username ?? administrator);
  const passwords = await readPasswords(unit.dataDir);
  const known = Object.keys(passwords).filter((user) => user !== nextAdministrator);
  if (!known.includes(username)) throw new Error(notOurs(known.sort(), username));
  const password = params.password === undefined ? newPassword() : String(params.password);
  // Others would have to be prepared by rules that clients disagree on.
  if (!/^[\x21-\x7e]+$/.test(password)) {
    throw new Error('cannot set the password: it is empty or holds other characters (printable ASCII, no spaces)');
  }
  const server = { port: settingsFrom(unit.config).settings.port, dataDir: unit.dataDir };
  const down = await waitForServer(server, serverWaitMs);
  if (down) throw new Error(`cannot set the password: ${(await statusGet(tools)).message || down}`);
  if (username === administrator) {
    // Both are kept until the server has changed over, so that a crash in between locks nobody out.
    await writePasswords(unit.dataDir, { ...passwords, [nextAdministrator]: password });
    await setPassword(server, username, password);
  }
  const { [nextAdministrator]: _next, ...users } = passwords;
  await writePasswords(unit.dataDir, { ...users, [username]: password });
  // Brings the server to the new password of a relation's user, and publishes it to whom it concerns.
  await reconcile(tools, unit);
  return password;
}

function notOurs(users: readonly string[], username: string): string {
  return `The action can be run only for users used by the charm: ${users.join(', ')} not ${username}`;
}
