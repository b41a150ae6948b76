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
import { describeHolder, type PortHolder, portHolder } from '../port-holder.ts';
import { clusterDir, clusterRelease, ensureCluster, readAuthority } from './cluster.ts';
import { layer, type ServerFacts, serverCommand, service } from './layer.ts';
import { findPrograms, majorOf, type PostgresPrograms, variable } from './postgres-programs.ts';
import { serveRelations } from './relations.ts';
import { type PostgresSettings, settingsFrom } from './settings.ts';
import { waitForServer } from './sql.ts';

/** How long one event waits for the server. A slower one is noticed by its check, whose recovery is an event. */
const startWaitMs = 15_000;

interface Status {
  readonly name: StatusName;
  readonly message: string;
}

const starting: Status = { name: 'maintenance', message: 'starting postgresql' };
/** What the charm says of the one server that takes writes. */
const serving: Status = { name: 'active', message: 'Primary' };

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
  const pebble = new PebbleClient({ socket: unit.pebbleSockets.postgresql ?? '' });
  if (!(await pebble.reachable())) return { name: 'waiting', message: 'waiting for pebble api' };
  const programs = await usablePrograms(unit);
  if ('name' in programs) return programs;
  const application = unit.name.split('/')[0]!;
  const holder = await foreignHolder(settings.port, unit.dataDir);
  if (holder) return { name: 'blocked', message: portTaken(settings, holder, application) };
  const problem = await start(tools, pebble, { programs, dataDir: unit.dataDir, settings });
  if (problem) return { name: 'blocked', message: problem };
  const server = { port: settings.port, dataDir: unit.dataDir };
  const down = await waitForServer(server, startWaitMs);
  if (down) return (await crashLoop(pebble)) ?? { ...starting, message: `${starting.message}: ${down}` };
  await tellPort(tools, settings);
  const authority = await readAuthority(unit.dataDir);
  const facts = { application, server, version: programs.version, authority, broken };
  const undone = await serveRelations(tools, facts);
  return undone.length > 0 ? { name: 'blocked', message: undone.join('; ') } : serving;
}

async function usablePrograms(unit: CompanionUnit): Promise<PostgresPrograms | Status> {
  const major = await clusterRelease(unit.dataDir);
  try {
    const { found } = await findPrograms({ places: unit.places, ...(major !== undefined && { major }) });
    if (found && (major === undefined || majorOf(found.version) === major)) return found;
    const why = major === undefined ? 'its programs are gone' : `its data needs PostgreSQL ${major}`;
    const remedy = `set ${variable}=<bin directory of PostgreSQL ${major ?? '14 or newer'}>`;
    return { name: 'blocked', message: `cannot start postgresql: ${why} (${remedy})` };
  } catch (error) {
    return { name: 'blocked', message: (error as Error).message };
  }
}

/** The process other than our own server that has the port. Ours is known by its database directory. */
export async function foreignHolder(port: number, dataDir: string): Promise<PortHolder | undefined> {
  const holder = await portHolder(port);
  return holder?.argv.includes(clusterDir(dataDir)) ? undefined : holder;
}

/** Why the server cannot run, and what to do. */
export function portTaken({ port }: PostgresSettings, holder: PortHolder, application: string): string {
  const taken = `port taken by ${describeHolder(holder)}`;
  return `cannot listen on 127.0.0.1:${port}: ${taken} (charmlet config ${application} port=<free port>)`;
}

/** Starts the server, or restarts it with other arguments. Answers why it would not start. */
async function start(tools: HookCommandRunner, pebble: PebbleClient, facts: ServerFacts): Promise<string | undefined> {
  if ((await runningCommand(pebble)) === serverCommand(facts)) return undefined;
  await showStatus(tools, starting);
  try {
    await ensureCluster(facts.dataDir, facts.programs);
  } catch (error) {
    return (error as Error).message;
  }
  await applicationVersionSet(tools, facts.programs.version);
  await pebble.addLayer(service, layer(facts), { combine: true });
  const change = await pebble.waitChange(await pebble.replan(), { timeoutMs: 30_000 });
  return change.err ? `cannot start postgresql: ${await lastWords(pebble)}` : undefined;
}

/** The command of the service while it is up or coming back; undefined otherwise. */
async function runningCommand(pebble: PebbleClient): Promise<string | undefined> {
  const [plan, services] = await Promise.all([pebble.plan(), pebble.services([service])]);
  const { services: planned } = (parse(plan) ?? {}) as { services?: Record<string, { command?: string }> };
  const up = services.some((info) => info.current === 'active' || info.current === 'backoff');
  return up ? planned?.[service]?.command : undefined;
}

/** A server that dies again and again is not starting: says what it dies of. Pebble goes on trying. */
async function crashLoop(pebble: PebbleClient): Promise<Status | undefined> {
  const [info] = await pebble.services([service]);
  if (info?.current === 'active') return undefined;
  return { name: 'blocked', message: `cannot start postgresql: ${await lastWords(pebble)}` };
}

/** What the server complained about last says more than Pebble's exit code. */
async function lastWords(pebble: PebbleClient): Promise<string> {
  const lines = await pebble.logs({ services: [service], n: 20 }).catch(() => []);
  const complaint = lines.map((entry) => entry.message).findLast((line) => /FATAL|PANIC|ERROR|setpriv|not /.test(line));
  return complaint?.replace(/^.*?(FATAL|PANIC|ERROR):\s*/, '').trim() ?? 'it ended at once and printed no reason';
}

async function tellPort(tools: HookCommandRunner, { port }: PostgresSettings): Promise<void> {
  const wanted = `${port}/tcp`;
  const open = await openedPorts(tools);
  for (const other of open) if (other !== wanted) await closePort(tools, other);
  if (!open.includes(wanted)) await openPort(tools, wanted);
}

async function showStatus(tools: HookCommandRunner, status: Status): Promise<void> {
  const now = await statusGet(tools);
  if (now.status !== status.name || now.message !== status.message) await statusSet(tools, status);
}
