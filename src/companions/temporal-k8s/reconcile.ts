import { parse } from 'yaml';
import type { CompanionUnit } from '../../controller/companion.ts';
import {
  applicationVersionSet,
  closePort,
  type HookCommandRunner,
  openedPorts,
  openPort,
  type StatusName,
  statusGet,
  statusSet,
} from '../../hookcmds/index.ts';
import { PebbleClient } from '../../pebble/client.ts';
import { type FoundBinary, findBinary } from '../binary.ts';
import type { Cli } from './create-namespace.ts';
import { frontendServes, waitForFrontend } from './frontend.ts';
import { layer, type ServerFacts, serverCommand, service } from './layer.ts';
import { foreignHolder, frontendTaken, uiTaken } from './ports.ts';
import { serveRelations } from './relations.ts';
import { settingsFrom, type TemporalSettings } from './settings.ts';
import { temporalBinary } from './temporal-binary.ts';
import { messageIn, runCli } from './temporal-cli.ts';

/** How long one event waits for the server. A slower one is noticed by its check, whose recovery is an event. */
const startWaitMs = 10_000;

interface Status {
  readonly name: StatusName;
  readonly message: string;
}

const starting: Status = { name: 'maintenance', message: 'starting temporal' };

/**
 * Brings the server to what the options say, serves its relations (but for the one that is broken by this event) and
 * tells how it is. On unchanged facts it writes nothing.
 */
export async function reconcile(tools: HookCommandRunner, unit: CompanionUnit, broken?: string): Promise<void> {
  await showStatus(tools, await serve(tools, unit, broken));
}

async function serve(tools: HookCommandRunner, unit: CompanionUnit, broken: string | undefined): Promise<Status> {
  const { settings, problems } = settingsFrom(unit.config);
  if (problems.length > 0) return { name: 'blocked', message: problems.join('; ') };
  const pebble = new PebbleClient({ socket: unit.pebbleSockets.temporal ?? '' });
  if (!(await pebble.reachable())) return { name: 'waiting', message: 'waiting for pebble api' };
  const binary = await usableBinary(unit);
  if ('name' in binary) return binary;

  const [running, frontendHolder, uiHolder] = await Promise.all([
    runningCommand(pebble),
    foreignHolder(settings.port, unit.dataDir),
    foreignHolder(settings.uiPort, unit.dataDir),
  ]);
  const application = unit.name.split('/')[0]!;
  if (frontendHolder) {
    return { name: 'blocked', message: frontendTaken(settings, frontendHolder, application) };
  }
  const facts = { binary: binary.path, dataDir: unit.dataDir, settings };
  // A server that runs without its UI is left in peace when the port becomes free.
  const headless = uiHolder !== undefined || running === serverCommand({ ...facts, headless: true });
  const problem = await start(tools, pebble, { ...facts, headless }, { running, version: binary.version });
  if (problem) return { name: 'blocked', message: problem };
  if (!(await frontendServes(settings.port))) {
    await showStatus(tools, starting);
    if (!(await waitForFrontend(settings.port, startWaitMs))) return (await crashLoop(pebble)) ?? starting;
  }
  await tellPort(tools, settings);
  const cli: Cli = (args, timeoutMs) =>
    runCli(args, { binary: binary.path, port: settings.port, home: unit.dataDir, timeoutMs });
  const undone = await serveRelations(tools, { application, settings, cli, broken });
  return {
    name: 'active',
    message: [...undone, ...(headless ? [uiTaken(settings, uiHolder, application)] : [])].join('; '),
  };
}

async function usableBinary(unit: CompanionUnit): Promise<FoundBinary | Status> {
  try {
    const { found } = await findBinary(temporalBinary, unit.places);
    const remedy = `put "temporal" on PATH or set ${temporalBinary.variable}`;
    return found ?? { name: 'blocked', message: `cannot start temporal: its program is gone (${remedy})` };
  } catch (error) {
    return { name: 'blocked', message: (error as Error).message };
  }
}

/** The command of the service while it is up or coming back; undefined otherwise. */
async function runningCommand(pebble: PebbleClient): Promise<string | undefined> {
  const [plan, services] = await Promise.all([pebble.plan(), pebble.services([service])]);
  const { services: planned } = (parse(plan) ?? {}) as { services?: Record<string, { command?: string }> };
  const up = services.some((info) => info.current === 'active' || info.current === 'backoff');
  return up ? planned?.[service]?.command : undefined;
}

/** Starts the server, or restarts it with other arguments. Answers why it would not start. */
async function start(
  tools: HookCommandRunner,
  pebble: PebbleClient,
  facts: ServerFacts,
  now: { readonly running: string | undefined; readonly version: string },
): Promise<string | undefined> {
  if (now.running === serverCommand(facts)) return undefined;
  await showStatus(tools, starting);
  await applicationVersionSet(tools, now.version);
  await pebble.addLayer(service, layer(facts), { combine: true });
  const change = await pebble.waitChange(await pebble.replan(), { timeoutMs: 20_000 });
  return change.err ? `cannot start temporal: ${await lastWords(pebble)}` : undefined;
}

/** A server that dies again and again is not starting: says what it dies of. Pebble goes on trying. */
async function crashLoop(pebble: PebbleClient): Promise<Status | undefined> {
  const [info] = await pebble.services([service]);
  if (info?.current === 'active') return undefined;
  return { name: 'blocked', message: `cannot start temporal: ${await lastWords(pebble)}` };
}

/** What the server complained about last says more than Pebble's exit code. */
async function lastWords(pebble: PebbleClient): Promise<string> {
  const lines = await pebble.logs({ services: [service], n: 20 }).catch(() => []);
  const complaint = lines
    .map((entry) => entry.message.trim())
    .findLast((line) => /error|cannot|failed|unable/i.test(line));
  return complaint ? messageIn(complaint) : 'it ended at once and printed no reason';
}

async function tellPort(tools: HookCommandRunner, { port }: TemporalSettings): Promise<void> {
  const wanted = `${port}/tcp`;
  const open = await openedPorts(tools);
  for (const other of open) if (other !== wanted) await closePort(tools, other);
  if (!open.includes(wanted)) await openPort(tools, wanted);
}

async function showStatus(tools: HookCommandRunner, status: Status): Promise<void> {
  const now = await statusGet(tools);
  if (now.status !== status.name || now.message !== status.message) await statusSet(tools, status);
}
