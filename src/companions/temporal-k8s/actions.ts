import { setTimeout as sleep } from 'node:timers/promises';
import { split } from 'shlex';
import type { CompanionUnit } from '../../controller/companion.ts';
import type { HookEvent } from '../../controller/hook/event.ts';
import { actionFail, actionGet, actionSet, type HookCommandRunner, statusGet } from '../../hookcmds/index.ts';
import { findBinary } from '../binary.ts';
import { foreignHolder } from '../port-holder.ts';
import { type Cli, createNamespace } from './create-namespace.ts';
import { frontendServes } from './frontend.ts';
import { reconcile } from './reconcile.ts';
import { settingsFrom } from './settings.ts';
import { temporalBinary } from './temporal-binary.ts';
import { runCli } from './temporal-cli.ts';

/** How long an action waits for a server that is just starting. */
const serverWaitMs = 30_000;
/** Long enough for `workflow execute`; an action that hangs would hold up the unit's events. */
const cliTimeoutMs = 120_000;

/** Runs one of the companion's actions; what goes wrong fails the action with one line. */
export async function runAction(
  action: NonNullable<HookEvent['action']>,
  tools: HookCommandRunner,
  unit: CompanionUnit,
): Promise<void> {
  try {
    const params = await actionGet(tools);
    const { settings } = settingsFrom(unit.config);
    const { found } = await findBinary(temporalBinary, unit.places);
    if (!found) throw new Error(`cannot run action "${action.name}": the temporal program is gone`);
    const down = await whyDown(tools, unit);
    if (down) throw new Error(`cannot run action "${action.name}": ${down}`);
    const cli = (args: readonly string[], timeoutMs: number) =>
      runCli(args, { binary: found.path, port: settings.port, home: unit.dataDir, timeoutMs });
    const results =
      action.name === 'create-namespace' ? await makeNamespace(params, cli) : await anyCommand(params, cli);
    await actionSet(tools, results);
  } catch (error) {
    await actionFail(tools, error instanceof Error ? error.message : String(error));
  }
}

/**
 * Waits until our server answers; says why it does not. Starts it where that is still to be done, for the event that
 * would do it may stand behind this action in the queue. Another server that has the port is never talked to.
 */
async function whyDown(tools: HookCommandRunner, unit: CompanionUnit): Promise<string | undefined> {
  const { settings } = settingsFrom(unit.config);
  const deadline = Date.now() + serverWaitMs;
  for (;;) {
    const foreign = await foreignHolder(settings.port, unit.dataDir);
    if (!foreign && (await frontendServes(settings.port))) return undefined;
    await reconcile(tools, unit);
    const { status, message } = await statusGet(tools);
    if (status === 'active') continue;
    if (status === 'blocked' || Date.now() > deadline) return message || 'the server does not answer';
    await sleep(200);
  }
}

type Params = Readonly<Record<string, unknown>>;

async function makeNamespace(params: Params, cli: Cli): Promise<Record<string, string>> {
  const name = String(params.name ?? '');
  const retention = String(params.retention ?? '72h');
  const outcome = await createNamespace(cli, { name, retention, description: String(params.description ?? '') });
  return { result: `namespace "${name}" ${outcome === 'created' ? 'created' : 'already exists'}` };
}

async function anyCommand(params: Params, cli: Cli): Promise<Record<string, string>> {
  const args = words(String(params.args ?? ''));
  if (args[0] === 'server') throw new Error('cannot run "temporal server": the server runs already, as this unit');
  const { ok, stdout, problem } = await cli(args, cliTimeoutMs);
  if (!ok) throw new Error(`command failed: ${problem}`);
  return { result: 'command succeeded', output: stdout.trimEnd() };
}

/** Splits a line as a POSIX shell would, with quotes and backslashes and nothing else. */
function words(line: string): string[] {
  try {
    return split(line);
  } catch (error) {
    throw new Error(`cannot split "${line}" into words: a quote is not closed`, { cause: error });
  }
}
