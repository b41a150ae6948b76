import type { CompanionUnit } from '../../controller/companion.ts';
import type { HookCommandRunner } from '../../hookcmds/index.ts';
import { PebbleClient } from '../../pebble/client.ts';
import { foreignHolder, portTaken } from '../port-holder.ts';
import { ensureRunning, notServing } from '../server-service.ts';
import { showStatus, tellPorts, type UnitStatus } from '../unit-status.ts';
import { clusterRelease, readAuthority } from './cluster.ts';
import { findPrograms, majorOf, type PostgresPrograms, variable } from './postgres-programs.ts';
import { complaintIn, postgresServer, service } from './postgres-server.ts';
import { serveRelations } from './relations.ts';
import { settingsFrom } from './settings.ts';
import { waitForServer } from './sql.ts';

/** How long one event waits for the server. A slower one is noticed by its check, whose recovery is an event. */
const startWaitMs = 15_000;

/** What the charm says of the one server that takes writes. */
const serving: UnitStatus = { name: 'active', message: 'Primary' };

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
  const pebble = new PebbleClient({ socket: unit.pebbleSockets.postgresql ?? '' });
  if (!(await pebble.reachable())) return { name: 'waiting', message: 'waiting for pebble api' };
  const programs = await usablePrograms(unit);
  if ('name' in programs) return programs;
  const application = unit.name.split('/')[0]!;
  const { dataDir } = unit;
  const holder = await foreignHolder(settings.port, dataDir);
  if (holder) return { name: 'blocked', message: portTaken(settings.port, holder, application) };
  const { problem } = await ensureRunning(tools, pebble, postgresServer({ programs, dataDir, settings }));
  if (problem) return { name: 'blocked', message: problem };
  const server = { port: settings.port, dataDir };
  const down = await waitForServer(server, startWaitMs);
  if (down) {
    const { name, message } = await notServing(pebble, service, complaintIn);
    return { name, message: name === 'maintenance' ? `${message}: ${down}` : message };
  }
  await tellPorts(tools, [settings.port]);
  const authority = await readAuthority(dataDir);
  const facts = { application, server, version: programs.version, authority, broken };
  const undone = await serveRelations(tools, facts);
  return undone.length > 0 ? { name: 'blocked', message: undone.join('; ') } : serving;
}

async function usablePrograms(unit: CompanionUnit): Promise<PostgresPrograms | UnitStatus> {
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
