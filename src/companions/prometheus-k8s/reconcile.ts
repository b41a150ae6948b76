import { mkdir } from 'node:fs/promises';
import type { CompanionUnit } from '../../controller/companion.ts';
import type { HookCommandRunner } from '../../hookcmds/index.ts';
import { PebbleClient } from '../../pebble/client.ts';
import type { FoundBinary } from '../binary.ts';
import { choosePort } from '../choose-port.ts';
import { findTool } from '../find-tool.ts';
import { alertmanagerUrls } from '../observability/alertmanagers.ts';
import { provideGrafanaSource } from '../observability/grafana-source.ts';
import { readRelated } from '../observability/related.ts';
import { provideScrapeTarget } from '../observability/scrape-provider.ts';
import { logProblems, tellProblems } from '../observability/tell-problems.ts';
import { type Topology, topologyOf } from '../observability/topology.ts';
import { notServing, waitUntilServing } from '../server-service.ts';
import { showStatus, startingStatus, tellPorts, type UnitStatus } from '../unit-status.ts';
import { usableBinary } from '../usable-binary.ts';
import { applyConfiguration } from './apply-configuration.ts';
import { type Considered, consider, withVerdict } from './asked.ts';
import { prometheusBinary, promtool } from './prometheus-binary.ts';
import { type PrometheusSettings, settingsFrom } from './settings.ts';

/** How long one event waits for the server. A slower one is noticed by its check, whose recovery is an event. */
const startWaitMs = 10_000;

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
  const pebble = new PebbleClient({ socket: unit.pebbleSockets.prometheus ?? '' });
  if (!(await pebble.reachable())) return { name: 'waiting', message: 'waiting for pebble api' };
  const binary = await usableBinary(unit, prometheusBinary);
  if ('name' in binary) return binary;
  await mkdir(unit.dataDir, { recursive: true, mode: 0o700 });
  const chosen = await choosePrometheusPort(unit, settings);
  if (chosen.port === undefined) return { name: 'blocked', message: chosen.problem };
  const topology = topologyOf(unit, 'prometheus-k8s');
  const server = { unit, settings, topology, port: chosen.port, binary };
  const applied = await applyRelations(tools, pebble, server, broken);
  if ('name' in applied) return applied;
  await tellPorts(tools, [chosen.port]);
  await provideScrapeTarget(tools, unit, { endpoint: 'self-metrics-endpoint', port: chosen.port, topology, broken });
  await provideGrafanaSource(tools, unit, {
    type: 'prometheus',
    url: `http://127.0.0.1:${chosen.port}`,
    extraFields: { timeInterval: settings.scrapeInterval },
    topology,
    broken,
  });
  return summary(applied.considered, chosen.note);
}

export function choosePrometheusPort(unit: CompanionUnit, settings: PrometheusSettings) {
  const application = unit.name.split('/')[0]!;
  const { dataDir } = unit;
  return choosePort({ purpose: 'http', wanted: settings.port, standard: 9090, dataDir, application });
}

interface Server {
  readonly unit: CompanionUnit;
  readonly settings: PrometheusSettings;
  readonly topology: Topology;
  readonly port: number;
  readonly binary: FoundBinary;
}

/** Reads the relations, has them checked when they changed, and lets the server follow them. */
async function applyRelations(
  tools: HookCommandRunner,
  pebble: PebbleClient,
  server: Server,
  broken: string | undefined,
): Promise<{ readonly considered: readonly Considered[] } | UnitStatus> {
  const { unit, settings, topology, port, binary } = server;
  const asked = (await readRelated(tools, 'metrics-endpoint', broken)).map(consider);
  const alertmanagers = alertmanagerUrls(await readRelated(tools, 'alertmanager', broken));
  const facts = {
    settings,
    topology,
    port,
    alertmanagers,
    dataDir: unit.dataDir,
    version: binary.version,
    controllerMetrics: unit.controllerMetrics,
  };
  const checker = await findTool(promtool, binary.path, unit.places.env);
  const outcome = await applyConfiguration(tools, pebble, { asked, facts, promtool: checker, binary: binary.path });
  if (outcome.problem) return { name: 'blocked', message: outcome.problem };
  const considered = asked.map((one) => withVerdict(one, outcome.verdicts[one.id]));
  if (outcome.changed) await logProblems(tools, considered);
  await tellProblems(tools, topology.application, considered);
  const ready = `http://127.0.0.1:${port}/-/ready`;
  if (await waitUntilServing(ready, startWaitMs)) return { considered };
  await showStatus(tools, startingStatus('prometheus'));
  return notServing(pebble, 'prometheus');
}

/** The charm's words for refused rules; it says nothing of refused jobs, which we do. */
function summary(considered: readonly Considered[], note: string | undefined): UnitStatus {
  if (considered.some(({ ruleProblems }) => ruleProblems.length > 0)) {
    return { name: 'blocked', message: 'Invalid alert rules. See debug-log' };
  }
  const unscraped = considered
    .filter(({ jobProblems }) => jobProblems.length > 0)
    .map(({ application }) => application);
  const refused = unscraped.length > 0 ? [`invalid scrape jobs of ${unscraped.join(', ')}, see debug-log`] : [];
  return { name: 'active', message: [...refused, ...(note ? [note] : [])].join('; ') };
}
