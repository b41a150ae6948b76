import type { CompanionUnit } from '../../controller/companion.ts';
import type { HookCommandRunner } from '../../hookcmds/index.ts';
import { PebbleClient } from '../../pebble/client.ts';
import { commandLine } from '../command-line.ts';
import { foreignHolder, portTaken } from '../port-holder.ts';
import { ensureRunning, notServing, runningService } from '../server-service.ts';
import { showStatus, startingStatus, tellPorts, type UnitStatus } from '../unit-status.ts';
import { usableBinary } from '../usable-binary.ts';
import type { Cli } from './create-namespace.ts';
import { frontendServes, waitForFrontend } from './frontend.ts';
import { serveRelations } from './relations.ts';
import { settingsFrom } from './settings.ts';
import { temporalBinary } from './temporal-binary.ts';
import { runCli } from './temporal-cli.ts';
import { service, temporalServer } from './temporal-server.ts';
import { uiTaken } from './ui-taken.ts';

/** How long one event waits for the server. A slower one is noticed by its check, whose recovery is an event. */
const startWaitMs = 10_000;

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
  const pebble = new PebbleClient({ socket: unit.pebbleSockets.temporal ?? '' });
  if (!(await pebble.reachable())) return { name: 'waiting', message: 'waiting for pebble api' };
  const binary = await usableBinary(unit, temporalBinary);
  if ('name' in binary) return binary;

  const { dataDir } = unit;
  const [running, frontendHolder, uiHolder] = await Promise.all([
    runningService(pebble, service),
    foreignHolder(settings.port, dataDir),
    foreignHolder(settings.uiPort, dataDir),
  ]);
  const application = unit.name.split('/')[0]!;
  if (frontendHolder) return { name: 'blocked', message: portTaken(settings.port, frontendHolder, application) };
  const facts = { binary, dataDir, settings };
  // A server that runs without its UI is left in peace when the port becomes free.
  const withoutUi = commandLine(temporalServer({ ...facts, headless: true }).argv);
  const headless = uiHolder !== undefined || running?.command === withoutUi;
  const { problem } = await ensureRunning(tools, pebble, temporalServer({ ...facts, headless }));
  if (problem) return { name: 'blocked', message: problem };
  if (!(await frontendServes(settings.port))) {
    await showStatus(tools, startingStatus(service));
    if (!(await waitForFrontend(settings.port, startWaitMs))) return notServing(pebble, service);
  }
  await tellPorts(tools, [settings.port]);
  const cli: Cli = (args, timeoutMs) =>
    runCli(args, { binary: binary.path, port: settings.port, home: dataDir, timeoutMs });
  const undone = await serveRelations(tools, { application, settings, cli, broken });
  return {
    name: 'active',
    message: [...undone, ...(headless ? [uiTaken(settings, uiHolder, application)] : [])].join('; '),
  };
}
