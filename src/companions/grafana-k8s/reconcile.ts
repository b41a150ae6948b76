import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { CompanionUnit } from '../../controller/companion.ts';
import { list, record, text } from '../../dashboard/grafana/json.ts';
import type { HookCommandRunner } from '../../hookcmds/index.ts';
import { PebbleClient } from '../../pebble/client.ts';
import { choosePort } from '../choose-port.ts';
import { keepFiles } from '../keep-files.ts';
import { provideScrapeTarget } from '../observability/scrape-provider.ts';
import { topologyOf } from '../observability/topology.ts';
import { ensureRunning, notServing, waitUntilServing } from '../server-service.ts';
import { showStatus, startingStatus, tellPorts, type UnitStatus } from '../unit-status.ts';
import { adminPassword } from './admin-password.ts';
import { places, renderDashboardProvider, renderDashboards, renderDataSources } from './provisioning.ts';
import { type Received, receive, tellSources } from './relations.ts';
import { chooseServer, type Server } from './server.ts';
import { settingsFrom } from './settings.ts';

/** How long one event waits for the server. A slower one is noticed by its check, whose recovery is an event. */
const startWaitMs = 20_000;

export const service = 'grafana';

/**
 * Brings the server to what options and relations say (but for the relation that is broken by this event) and tells how
 * it is. On unchanged facts it writes nothing.
 */
export async function reconcile(tools: HookCommandRunner, unit: CompanionUnit, broken?: string): Promise<void> {
  await showStatus(tools, await serve(tools, unit, broken));
}

async function serve(tools: HookCommandRunner, unit: CompanionUnit, broken: string | undefined): Promise<UnitStatus> {
  const { settings, problems } = settingsFrom(unit.config);
  if (problems.length > 0) return { name: 'blocked', message: problems.join('; ') };
  const pebble = new PebbleClient({ socket: unit.pebbleSockets.grafana ?? '' });
  if (!(await pebble.reachable())) return { name: 'waiting', message: 'waiting for pebble api' };
  await mkdir(unit.dataDir, { recursive: true, mode: 0o700 });
  const chosen = await chooseGrafanaPort(unit, settings.port);
  if (chosen.port === undefined) return { name: 'blocked', message: chosen.problem };
  const { port } = chosen;
  const topology = topologyOf(unit, 'grafana-k8s');
  const received = await receive(tools, topology.application, broken);
  const dataSources = await renderedSources(unit.dataDir, received, settings.queryTimeoutS);
  let server: Server;
  try {
    server = await chooseServer(unit, { settings, port, dataSources });
  } catch (error) {
    return { name: 'blocked', message: (error as Error).message };
  }
  await adminPassword(unit.dataDir);
  await keepFiles(unit.dataDir, filesFor(unit.dataDir, { server, received, dataSources }), [
    places.dashboards,
    places.configuration,
  ]);
  const url = `http://127.0.0.1:${port}`;
  const readyUrl = `${url}/api/health`;
  const { problem } = await ensureRunning(tools, pebble, {
    name: service,
    argv: server.argv,
    environment: { HOME: unit.dataDir },
    killDelay: '10s',
    check: { http: { url: readyUrl } },
    version: server.version,
  });
  if (problem) return { name: 'blocked', message: problem };
  if (!(await waitUntilServing(readyUrl, startWaitMs))) {
    await showStatus(tools, startingStatus(service));
    return notServing(pebble, service);
  }
  await tellPorts(tools, [port]);
  const { model, modelUuid, application } = topology;
  const uid = `juju_${model}_${modelUuid}_${application}_${unit.name.split('/')[1]}`;
  await tellSources(tools, { application, uid, url, broken });
  await provideScrapeTarget(tools, unit, { endpoint: 'metrics-endpoint', port, topology, broken });
  return { name: 'active', message: [...received.problems, ...(chosen.note ? [chosen.note] : [])].join('; ') };
}

/** The port that the options and the machine allow. */
export function chooseGrafanaPort(unit: CompanionUnit, wanted: number) {
  const application = unit.name.split('/')[0]!;
  return choosePort({ purpose: 'http', wanted, standard: 3000, dataDir: unit.dataDir, application });
}

/** The data sources as a file. Those that stood there before and are gone are to be forgotten. */
async function renderedSources(dataDir: string, { sources }: Received, queryTimeoutS: number): Promise<string> {
  const before = await readFile(join(dataDir, places.dataSources), 'utf8').catch(() => '');
  const { datasources, deleteDatasources } = record(parse(before));
  const known = [...list(datasources), ...list(deleteDatasources)].map((one) => text(record(one).name));
  const names = new Set(sources.map(({ name }) => name));
  const gone = [...new Set(known)].filter((name) => name !== '' && !names.has(name)).sort();
  return renderDataSources(sources, { queryTimeoutS, gone });
}

function filesFor(
  dataDir: string,
  facts: { readonly server: Server; readonly received: Received; readonly dataSources: string },
): Readonly<Record<string, string>> {
  const { path, text: configuration } = facts.server.configuration;
  return {
    [path]: configuration,
    [places.dataSources]: facts.dataSources,
    [`${places.dashboards}/default.yaml`]: renderDashboardProvider(dataDir),
    ...renderDashboards(facts.received.dashboards),
  };
}
