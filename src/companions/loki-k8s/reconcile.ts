import { mkdir } from 'node:fs/promises';
import type { CompanionUnit } from '../../controller/companion.ts';
import type { HookCommandRunner } from '../../hookcmds/index.ts';
import { PebbleClient } from '../../pebble/client.ts';
import { type ChosenPort, choosePort } from '../choose-port.ts';
import { keepFiles } from '../keep-files.ts';
import { alertmanagerUrls } from '../observability/alertmanagers.ts';
import { provideGrafanaSource } from '../observability/grafana-source.ts';
import { readRelated } from '../observability/related.ts';
import { provideScrapeTarget } from '../observability/scrape-provider.ts';
import { logProblems, tellProblems } from '../observability/tell-problems.ts';
import { topologyOf } from '../observability/topology.ts';
import { ensureRunning, notServing, waitUntilServing } from '../server-service.ts';
import { showStatus, startingStatus, tellPorts, type UnitStatus } from '../unit-status.ts';
import { faultByLoki, readLogRules } from './log-rules.ts';
import { type LogServer, logServerOf } from './log-server.ts';
import { rulesDirectory } from './loki-configuration.ts';
import { provideLogging } from './provide-logging.ts';
import { serverForm } from './server-form.ts';
import { type LokiSettings, settingsFrom } from './settings.ts';

/** How long one event waits. Loki needs some 15 s: its check notices, and its recovery is an event. */
const startWaitMs = 3000;

/**
 * Brings the server to what options and relations say (but for the relation that is broken by this event), tells
 * related applications where to push their logs, and how it is. On unchanged facts it writes nothing.
 */
export async function reconcile(tools: HookCommandRunner, unit: CompanionUnit, broken?: string): Promise<void> {
  await showStatus(tools, await serve(tools, unit, broken));
}

async function serve(tools: HookCommandRunner, unit: CompanionUnit, broken: string | undefined): Promise<UnitStatus> {
  const { settings, problems } = settingsFrom(unit.config);
  if (problems.length > 0) return { name: 'blocked', message: problems.join('; ') };
  const pebble = new PebbleClient({ socket: unit.pebbleSockets.loki ?? '' });
  if (!(await pebble.reachable())) return { name: 'waiting', message: 'waiting for pebble api' };
  const { dataDir } = unit;
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const server = await usableServer(unit);
  if ('name' in server) return server;
  const [http, grpc] = [await chooseLokiPort(unit, settings), await chooseGrpcPort(unit, server)];
  if (http.port === undefined) return { name: 'blocked', message: http.problem };
  if (grpc.port === undefined) return { name: 'blocked', message: grpc.problem };

  const alertmanagers = alertmanagerUrls(await readRelated(tools, 'alertmanager', broken));
  const form = serverForm({ server, settings, dataDir, port: http.port, grpcPort: grpc.port, alertmanagers });
  await keepFiles(dataDir, form.files);
  const { problem } = await ensureRunning(tools, pebble, form.service);
  if (problem) return { name: 'blocked', message: problem };

  // Told before it serves: whoever pushes keeps lines until it does, and would lose them while it knew no place.
  const url = `http://127.0.0.1:${http.port}`;
  await provideLogging(tools, unit, { pushUrl: `${url}${form.pushPath}`, broken });
  const topology = topologyOf(unit, 'loki-k8s');
  await provideScrapeTarget(tools, unit, { endpoint: 'metrics-endpoint', port: http.port, topology, broken });
  await provideGrafanaSource(tools, unit, { type: form.sourceType, url, topology, broken });
  await tellPorts(tools, [http.port]);
  if (!(await waitUntilServing(form.readyUrl, startWaitMs))) {
    await showStatus(tools, startingStatus('loki'));
    return notServing(pebble, 'loki');
  }
  const rules = await followRules(tools, unit, { server, url, broken });
  return rules ?? { name: 'active', message: [standIn(server, url), http.note].filter(Boolean).join('; ') };
}

export function chooseLokiPort(unit: CompanionUnit, settings: LokiSettings): Promise<ChosenPort> {
  const application = unit.name.split('/')[0]!;
  return choosePort({ purpose: 'http', wanted: settings.port, standard: 3100, dataDir: unit.dataDir, application });
}

/** Loki's parts speak with each other over a port of their own. */
async function chooseGrpcPort(unit: CompanionUnit, { kind }: LogServer): Promise<ChosenPort> {
  if (kind !== 'loki') return { port: 0 };
  const application = unit.name.split('/')[0]!;
  return choosePort({ purpose: 'grpc', wanted: 0, standard: 9095, dataDir: unit.dataDir, application });
}

/** What is served in Loki's place, and how it is asked. */
export function standIn({ kind }: LogServer, url: string): string {
  return kind === 'loki' ? '' : `served by VictoriaLogs, queries at ${url}/select/vmui`;
}

async function usableServer(unit: CompanionUnit): Promise<LogServer | UnitStatus> {
  try {
    const server = await logServerOf(unit.dataDir, unit.places);
    const remedy = 'put "loki" or "victoria-logs" on PATH, or set CHARMLET_LOKI or CHARMLET_VICTORIA_LOGS';
    return server ?? { name: 'blocked', message: `cannot start loki: its program is gone (${remedy})` };
  } catch (error) {
    return { name: 'blocked', message: (error as Error).message };
  }
}

/** Lets Loki follow the relations' alert rules; a status when there is something to complain of. */
async function followRules(
  tools: HookCommandRunner,
  unit: CompanionUnit,
  at: { readonly server: LogServer; readonly url: string; readonly broken: string | undefined },
): Promise<UnitStatus | undefined> {
  const related = await readRelated(tools, 'logging', at.broken);
  const isLoki = at.server.kind === 'loki';
  const { files, refusals } = await readLogRules(related, async (expression) =>
    isLoki ? faultByLoki(at.url, expression) : undefined,
  );
  if (isLoki && (await keepFiles(unit.dataDir, files, [rulesDirectory]))) await logProblems(tools, refusals);
  await tellProblems(tools, unit.name.split('/')[0]!, refusals);
  if (refusals.some(({ ruleProblems }) => ruleProblems.length > 0)) {
    return { name: 'blocked', message: 'Invalid alert rules. See debug-log' };
  }
  if (isLoki || Object.keys(files).length === 0) return undefined;
  const applications = refusals.filter(({ hasRules }) => hasRules).map(({ application }) => application);
  const message = `${standIn(at.server, at.url)}, which does not evaluate the log alert rules of ${applications.join(', ')}`;
  return { name: 'active', message };
}
